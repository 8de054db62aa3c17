namespace XlstmSam.Files;

/// <summary>A numpy dtype under construction: dtype('i8', False, True), then BUILD with a state that carries the byte order.</summary>
internal sealed class PickledType(string code)
{
    public string Code => code;

    public string Order { get; set; } = "<";

    public string Descr => Order + code;
}
