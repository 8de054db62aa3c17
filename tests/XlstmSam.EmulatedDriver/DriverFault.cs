namespace XlstmSam.EmulatedDriver;

/// <summary>A call that ends with a code other than success; what is said goes to standard error.</summary>
internal sealed class DriverFault(Code code, string? said = null) : Exception(said ?? code.ToString())
{
    public Code Code => code;

    public bool IsSilent => said is null;
}
