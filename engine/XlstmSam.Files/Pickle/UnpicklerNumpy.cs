namespace XlstmSam.Files;

/// <summary>The numpy part of the unpickler: what the six allowed names mean.</summary>
internal sealed partial class Unpickler
{
    private PickleGlobal FindGlobal(string module, string name) => (module, name) switch
    {
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => PickleGlobal.Reconstruct,
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => PickleGlobal.Scalar,
        ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => PickleGlobal.FromBuffer,
        ("numpy", "ndarray") => PickleGlobal.NdArray,
        ("numpy", "dtype") => PickleGlobal.DType,
        ("_codecs", "encode") => PickleGlobal.EncodeLatin1,
        _ =>
            throw Refuse(
                $"the pickle refers to '{Printable(module)}.{Printable(name)}'",
                "Only numpy arrays, types and scalars are read, never code: do not trust this file"),
    };

    private void PushStackGlobal()
    {
        var name = Pop();
        var module = Pop();
        stack.Add(FindGlobal(module as string ?? "?", name as string ?? "?"));
    }

    private void PushReduced()
    {
        var arguments = Pop() as object?[];
        stack.Add((Pop(), arguments) switch
        {
            (PickleGlobal.Reconstruct, [PickleGlobal.NdArray, object?[], byte[]]) => new PickledArray(),
            (PickleGlobal.DType, [string code, ..]) => new PickledType(code),
            (PickleGlobal.Scalar, [PickledType type, byte[] bytes]) => ScalarOf(type, bytes),
            (PickleGlobal.FromBuffer, [byte[] bytes, PickledType type, object?[] shape, string order]) =>
                new PickledArray { Numbers = Decode(type, shape, order == "F", bytes) },
            (PickleGlobal.EncodeLatin1, [string text, string]) => Latin1(text),
            (PickleGlobal function, _) => throw Damaged($"{function} with unknown arguments"),
            _ => throw Damaged("REDUCE without a function"),
        });
    }

    private void Build()
    {
        var state = Pop() as object?[];
        switch (Top(), state)
        {
            case (PickledType type, [_, string order, null, null, null, ..]):
                type.Order = order;
                break;
            case (PickledArray { Objects: null, Numbers: null } array, [_, object?[] shape, PickledType { Code: "O8" or "O" }, bool, List<object?> items]):
                array.Objects = ObjectsOf(shape, items);
                break;
            case (PickledArray { Objects: null, Numbers: null } array, [_, object?[] shape, PickledType type, bool fortran, byte[] bytes]):
                array.Numbers = Decode(type, shape, fortran, bytes);
                break;
            case (PickledType, _):
                throw Refuse("a structured numpy type", "Save each field as an array of its own");
            default:
                throw Damaged("BUILD with an unknown state");
        }
    }

    private object?[] ObjectsOf(object?[] shape, List<object?> items)
    {
        var count = 1L;
        foreach (var size in ShapeOf(shape))
        {
            count = Math.Min(count * size, int.MaxValue);
        }

        return items.Count == count ? items.ToArray() : throw Damaged($"an object array of {count} elements holds {items.Count}");
    }

    private object? ScalarOf(PickledType type, byte[] bytes)
    {
        var array = Decode(type, [], false, bytes);
        return array.Element switch
        {
            null => ((string[])array.Data)[0],
            StoredType.Boolean => ((bool[])array.Data)[0],
            StoredType.Int64 => ((long[])array.Data)[0],
            StoredType.UInt64 =>
                ((ulong[])array.Data)[0] is <= long.MaxValue and var n
                    ? (long)n
                    : throw Refuse("an unsigned integer of 64 bits", $"Integers up to {long.MaxValue} are read"),
            StoredType.Float16 or StoredType.Float32 or StoredType.Float64 => array.ToDoubles(subject)[0],
            _ => (long)array.ToDoubles(subject)[0],
        };
    }

    private NpyArray Decode(PickledType type, object?[] shape, bool fortran, byte[] bytes)
    {
        var parsed = NpyType.Parse(type.Descr, subject);
        return parsed.Kind == NpyKind.Object
            ? throw Damaged("an object array with raw data")
            : NpyReader.Decode(bytes, new(parsed, fortran, ShapeOf(shape)), subject);
    }

    private int[] ShapeOf(object?[] shape) => Array.ConvertAll(shape, s => s is long n and >= 0 and <= int.MaxValue
        ? (int)n
        : throw Damaged("an array shape that is not made of whole numbers"));

    // Protocol 2 has no bytes: Python writes them as text whose characters are the bytes.
    private byte[] Latin1(string text) => Array.ConvertAll(text.ToCharArray(), c => c <= 0xFF ? (byte)c : throw Damaged("bytes beyond 255"));

    /// <summary>Replaces arrays under construction by finished ones, in place; each container is visited once however often it is shared.</summary>
    private object?[] Finish(object?[] objects)
    {
        var open = new Stack<object>([objects]);
        var seen = new HashSet<object>([objects], ReferenceEqualityComparer.Instance);
        while (open.TryPop(out var container))
        {
            FinishItems(container, Enter);
        }

        return objects;

        object? Enter(object? item)
        {
            var plain = Plain(item);
            if (plain is List<object?> or Dictionary<string, object?> or object?[] && seen.Add(plain))
            {
                open.Push(plain);
            }

            return plain;
        }
    }

    private static void FinishItems(object container, Func<object?, object?> enter)
    {
        switch (container)
        {
            case List<object?> list:
                for (var i = 0; i < list.Count; i++)
                {
                    list[i] = enter(list[i]);
                }

                break;
            case object?[] tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    tuple[i] = enter(tuple[i]);
                }

                break;
            case Dictionary<string, object?> dictionary:
                foreach (var key in dictionary.Keys.ToArray())
                {
                    dictionary[key] = enter(dictionary[key]);
                }

                break;
        }
    }

    private object? Plain(object? value) => value switch
    {
        PickledArray { Objects: { } objects } => objects,
        PickledArray { Numbers: { } numbers } => numbers,
        PickledArray or PickledType or PickleGlobal => throw Damaged("an unfinished numpy object among the data"),
        _ => value,
    };

    private static string Printable(string name) => string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '.' : c));
}
