namespace XlstmSam.OpCases;

/// <summary>How far a backend was from the definition of an op, and how far it may be. Errors and bounds are absolute.</summary>
/// <param name="Message">Empty if passed; otherwise what went wrong, with numbers.</param>
public sealed record CaseResult(
    string Name, bool Passed, double ForwardError, double ForwardBound, double GradientError, double GradientBound, string Message);
