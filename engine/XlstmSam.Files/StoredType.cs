namespace XlstmSam.Files;

/// <summary>The numeric types of stored voxels and arrays.</summary>
public enum StoredType
{
    UInt8,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
    Float16,
    Boolean,
}
