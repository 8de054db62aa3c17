namespace XlstmSam.Files;

/// <summary>The closed list of names a pickle may refer to. None of them is looked up or run: each stands for one action of the reader.</summary>
internal enum PickleGlobal
{
    Reconstruct,
    NdArray,
    DType,
    Scalar,
    FromBuffer,
    EncodeLatin1,
}
