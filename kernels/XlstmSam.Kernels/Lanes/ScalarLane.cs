namespace XlstmSam.Kernels;

/// <summary>
/// One float. Exp and Log are the platform's, correct to an ulp over the whole range; Max and Min return NaN if either operand is NaN.
/// </summary>
public readonly struct ScalarLane(float value) : ILane<ScalarLane>
{
    /// <summary>The number.</summary>
    public float Value { get; } = value;

    /// <inheritdoc/>
    public static ScalarLane Of(float value) => new(value);

    /// <inheritdoc/>
    public static ScalarLane operator +(ScalarLane a, ScalarLane b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    public static ScalarLane operator -(ScalarLane a, ScalarLane b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    public static ScalarLane operator *(ScalarLane a, ScalarLane b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    public static ScalarLane operator /(ScalarLane a, ScalarLane b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    public static ScalarLane operator -(ScalarLane a) => new(-a.Value);

    /// <inheritdoc/>
    public static ScalarLane Exp(ScalarLane x) => new(MathF.Exp(x.Value));

    /// <inheritdoc/>
    public static ScalarLane Log(ScalarLane x) => new(MathF.Log(x.Value));

    /// <inheritdoc/>
    public static ScalarLane MultiplyAdd(ScalarLane a, ScalarLane b, ScalarLane c) => new((a.Value * b.Value) + c.Value);

    /// <inheritdoc/>
    public static ScalarLane Abs(ScalarLane x) => new(MathF.Abs(x.Value));

    /// <inheritdoc/>
    public static ScalarLane Max(ScalarLane a, ScalarLane b) => new(MathF.Max(a.Value, b.Value));

    /// <inheritdoc/>
    public static ScalarLane Min(ScalarLane a, ScalarLane b) => new(MathF.Min(a.Value, b.Value));

    /// <summary>Zero of either sign and NaN are not positive.</summary>
    public static ScalarLane IfPositive(ScalarLane x, ScalarLane positive, ScalarLane otherwise) => x.Value > 0 ? positive : otherwise;
}
