using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts instance norms.</summary>
internal sealed class InstanceNormTally(TallyLedger ledger) : IInstanceNorm
{
    public void Forward(in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd) =>
        ledger.Add("InstanceNorm", TallyPass.Forward, geometry);

    public void Normalise(in InstanceNormGeometry geometry, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd) =>
        ledger.Add("InstanceNorm", TallyPass.Forward, geometry, 4 * geometry.Length, x.ByteLength + residual.ByteLength + y.ByteLength);

    public void Backward(
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma, View dbeta, View dresidual) =>
        ledger.AddBackward("InstanceNorm", geometry, data: !dx.IsNone, weight: !dgamma.IsNone);
}
