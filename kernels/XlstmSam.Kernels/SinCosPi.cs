namespace XlstmSam.Kernels;

/// <summary>Sine and cosine of angles in half turns, to within two units of the last place of a float.</summary>
public static class SinCosPi
{
    /// <summary>sin(π x) and cos(π x) for |x| below 2²⁹. The range is reduced exactly, to an eighth of a turn; the polynomials are those of Cephes.</summary>
    public static (float Sin, float Cos) SinCos(double x)
    {
        var quarter = (int)((2 * x) + (x < 0 ? -0.5 : 0.5));
        var angle = (float)((x - (0.5 * quarter)) * Math.PI);
        var square = angle * angle;
        var p = (((-1.9515295891e-4f * square) + 8.3321608736e-3f) * square) - 1.6666654611e-1f;
        var sin = (p * square * angle) + angle;
        var q = (((2.443315711809948e-5f * square) - 1.388731625493765e-3f) * square) + 4.166664568298827e-2f;
        var cos = (q * square * square) - (0.5f * square) + 1;
        var (first, second) = (quarter & 1) == 0 ? (sin, cos) : (cos, sin);
        return ((quarter & 2) == 0 ? first : -first, ((quarter + 1) & 2) == 0 ? second : -second);
    }
}
