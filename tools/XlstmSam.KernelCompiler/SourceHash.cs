using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using System.Text;
using ILGPU;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda.Source;

namespace XlstmSam.KernelCompiler;

/// <summary>
/// A hash of everything a kernel is compiled from: its method and all that it calls in the assemblies of kernels and formulas, the structs it
/// uses, this compiler and ILGPU. Tokens are hashed by what they name, so that code elsewhere in an assembly makes no difference.
/// </summary>
internal static class SourceHash
{
    private static readonly HashSet<Assembly> Sources = [typeof(GpuLane).Assembly, typeof(IUnaryFormula).Assembly];
    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly string Compilers = $"{typeof(SourceHash).Module.ModuleVersionId} {typeof(Context).Module.ModuleVersionId}";

    public static string Of(KernelMethod kernel)
    {
        var text = new StringBuilder(
            $"{Compilers} {kernel.Name} {kernel.Attribute.Threads} {kernel.Attribute.MinBlocks} {kernel.Attribute.DynamicSharedBytes}\n");
        Parts(kernel.Method).Aggregate(text, (all, part) => all.Append(part).Append('\n'));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>Everything that a method reaches: structs with their fields, methods with their code.</summary>
    internal static IEnumerable<string> Parts(MethodInfo method)
    {
        var walk = new Walk();
        walk.Method(method);
        return walk.Parts.Order(StringComparer.Ordinal);
    }

    private sealed class Walk
    {
        private readonly HashSet<MemberInfo> seen = [];

        public List<string> Parts { get; } = [];

        public void Method(MethodBase method)
        {
            Type[] closed =
            [
                .. method.IsGenericMethod ? method.GetGenericArguments() : [], .. method.DeclaringType is { } owner ? [owner] : Array.Empty<Type>(),
            ];
            foreach (var type in closed)
            {
                Struct(type);
            }

            method = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
            if (Sources.Contains(method.Module.Assembly) && seen.Add(method) && method.GetMethodBody() is { } body)
            {
                var locals = string.Join(' ', body.LocalVariables.Select(local => local.ToString()));
                foreach (var local in body.LocalVariables)
                {
                    Struct(local.LocalType);
                }

                Parts.Add($"{method.DeclaringType}: {method} {method.GetMethodImplementationFlags()} {locals}: {Code(method, body.GetILAsByteArray()!)}");
            }
        }

        /// <summary>A struct counts with all its methods: which of them a formula's calls reach is known only to the compiler.</summary>
        private void Struct(Type type)
        {
            if (type.IsConstructedGenericType)
            {
                foreach (var argument in type.GetGenericArguments())
                {
                    Struct(argument);
                }

                type = type.GetGenericTypeDefinition();
            }

            if (!type.IsValueType || !Sources.Contains(type.Assembly) || !seen.Add(type))
            {
                return;
            }

            const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            Parts.Add($"{type}: {string.Join(' ', type.GetFields(Own).Select(field => field.ToString()))}");
            foreach (var method in type.GetMembers(Own).OfType<MethodBase>())
            {
                Method(method);
            }
        }

        private string Code(MethodBase method, byte[] il)
        {
            var text = new StringBuilder();
            for (var at = 0; at < il.Length;)
            {
                var code = OpCodesByValue[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
                at += code.Size;
                text.Append(code.Name).Append(' ');
                var token = code.OperandType is OperandType.InlineSwitch or OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineField
                    or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineString
                        ? BitConverter.ToInt32(il, at)
                        : 0;
                var length = code.OperandType switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    OperandType.InlineSwitch => 4 + (4 * token),
                    _ => 4,
                };
                text.Append(code.OperandType switch
                {
                    OperandType.InlineString => method.Module.ResolveString(token),
                    OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType => Member(method, token),
                    _ => Convert.ToHexString(il, at, length),
                }).Append(' ');
                at += length;
            }

            return text.ToString();
        }

        private string Member(MethodBase method, int token)
        {
            var ofType = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
            var member = method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null)!;
            switch (member)
            {
                case MethodBase called: Method(called); break;
                case FieldInfo field: Struct(field.FieldType); break;
                case Type type: Struct(type); break;
            }

            return $"{member.DeclaringType}::{member}";
        }
    }
}
