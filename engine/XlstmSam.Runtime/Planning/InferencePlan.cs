using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Runtime;

/// <summary>What it costs to encode a scan and to answer a click, found out without doing it.</summary>
/// <param name="ConstantBytes">What the model computes from its weights once and keeps.</param>
/// <param name="DriverBytes">What the device's driver takes for itself.</param>
public sealed record InferencePlan(long Parameters, long ParameterBytes, long ConstantBytes, long DriverBytes, PassCost Encode, PassCost Decode)
{
    /// <summary>The program itself and the code it compiles.</summary>
    private const long ProgramBytes = 200L << 20;

    /// <summary>What a card's driver keeps on the host: an allowance.</summary>
    private const long DriverHostBytes = 512L << 20;

    /// <summary>Bytes to hold the model and to run either pass.</summary>
    public long PeakBytes => ParameterBytes + ConstantBytes + PassBytes + ScratchBytes + DriverBytes;

    /// <summary>Both passes use the same memory in turn.</summary>
    public long PassBytes => Math.Max(Encode.PeakBytes, Decode.PeakBytes);

    /// <summary>What kernels keep for themselves.</summary>
    public long ScratchBytes => Math.Max(Encode.ScratchBytes, Decode.ScratchBytes);

    /// <summary>What the program takes on the host before it does any work.</summary>
    public static long HostBytes(bool sharesHostMemory) => ProgramBytes + (sharesHostMemory ? 0 : DriverHostBytes);

    /// <param name="clicks">Clicks that the planned decoder pass sees.</param>
    public static InferencePlan Of(ModelConfig config, Device device, int clicks = 1)
    {
        var backend = device.Backend;
        var nothing = new CountingBackend(backend);
        using var model = ModelFamilies.Build(config, nothing, training: false);
        model.Reload();
        return new(
            model.Parameters.Count, model.Parameters.Values.Length * sizeof(float), model.ConstantBytes, device.DriverBytes, EncodeCost(model, backend), DecodeCost(model, backend, clicks));
    }

    private static PassCost EncodeCost(IPromptModel model, IBackend backend)
    {
        return Rehearse("encode", backend, tape => model.Encode(tape, model.UploadImage(tape, [])));
    }

    private static PassCost DecodeCost(IPromptModel model, IBackend backend, int clicks)
    {
        var prompts = new PromptBatch(1, clicks, new float[3 * clicks], new int[clicks]);
        return Rehearse("decode", backend, tape => model.DecodeToGrid(tape, model.UploadDecoderInputs(tape, [], prompts, lowRes: null)).Full);
    }

    private static PassCost Rehearse(string name, IBackend backend, Func<Tape, Tensor> pass)
    {
        var tally = new CountingBackend(backend);
        using var passes = PlannedPass.ForInference(backend);
        var plan = passes.Plan(name, tape => pass(tape).Data, tally);
        return PassCost.Of(name, plan.PeakBytes, tally);
    }
}
