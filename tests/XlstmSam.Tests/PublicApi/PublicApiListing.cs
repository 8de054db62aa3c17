using System.Reflection;
using System.Text;

namespace XlstmSam.Tests.PublicApi;

/// <summary>What an assembly offers to others, one line a member: the text that is committed and compared.</summary>
internal static class PublicApiListing
{
    /// <summary>What the compiler adds to every record.</summary>
    private static readonly string[] OfRecords = ["EqualityContract", "PrintMembers", "Equals", "GetHashCode", "ToString", "op_Equality", "op_Inequality"];

    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Public types in the order of their names, each followed by its public and protected members.</summary>
    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(ApiText.Name, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var line in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : IsDelegate(type) ? "delegate" : "class";
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsAbstract: true, IsInterface: false } ? "abstract " : "";
        var bases = type.GetInterfaces()
            .Where(i => i.IsPublic && i.Namespace!.StartsWith("XlstmSam", StringComparison.Ordinal)).Select(ApiText.Name).Order(StringComparer.Ordinal)
            .ToList();
        if (type.BaseType is { } parent && type is { IsValueType: false } && parent != typeof(object) && !IsDelegate(type))
        {
            bases.Insert(0, ApiText.Name(parent));
        }

        return $"{modifier}{kind} {type.Namespace}.{ApiText.Name(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        }

        var all = type.GetMembers(Declared);
        var isRecord = all.Any(member => member.Name == "PrintMembers");
        return all
            .Where(member => !member.Name.Contains('<', StringComparison.Ordinal) && !(isRecord && OfRecords.Contains(member.Name)))
            .Select(Line).OfType<string>();
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsOffered(constructor) => $"new({ApiText.Parameters(constructor)})",
        MethodInfo method when IsOffered(method) && !IsAccessor(method) => Static(method) + ApiText.Method(method),
        PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsOffered) =>
            Static(property.GetAccessors(nonPublic: true)[0]) + ApiText.Property(property, IsOffered),
        FieldInfo { IsPublic: true } field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{ApiText.Name(field.FieldType)} {field.Name}",
        EventInfo { AddMethod: { } add } happening when IsOffered(add) => $"event {ApiText.Name(happening.EventHandlerType!)} {happening.Name}",
        _ => null,
    };

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static bool IsOffered(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && (method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal));
}
