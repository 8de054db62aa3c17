namespace XlstmSam.Files;

/// <summary>A numpy.int64 scalar, as the challenge's boxes and clicks hold them. Readers get plain <see cref="long"/> values.</summary>
public readonly record struct NumpyInt64(long Value);
