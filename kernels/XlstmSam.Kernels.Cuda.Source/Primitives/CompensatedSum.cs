namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>A running sum that keeps what each addition rounds away (Kahan): as exact as a float can hold, whatever the number of terms.</summary>
internal struct CompensatedSum
{
    private float sum;
    private float lost;

    public readonly float Value => sum;

    public void Add(float term)
    {
        var corrected = term - lost;
        var next = sum + corrected;
        lost = (next - sum) - corrected;
        sum = next;
    }
}
