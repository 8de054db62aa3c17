using XlstmSam.Engine;

namespace XlstmSam.Cli.Text;

/// <summary>The modules of a model as a tree, from the dotted names of its parameters.</summary>
internal sealed class ModuleTree
{
    private readonly string name;
    private readonly List<ModuleTree> children = [];
    private readonly Parameter? parameter;
    private long multiplyAdds;

    private ModuleTree(string name, Parameter? parameter) => (this.name, this.parameter) = (name, parameter);

    public string Name => name;

    public IReadOnlyList<ModuleTree> Children => children;

    /// <summary>Trainable values at and below this module.</summary>
    public long Count => parameter is null ? children.Sum(child => child.Count) : parameter.IsBuffer ? 0 : parameter.Shape.Length;

    /// <summary>Multiply-adds of one forward pass at and below this module.</summary>
    public long MultiplyAdds => multiplyAdds + children.Sum(child => child.MultiplyAdds);

    /// <param name="flops">Flops by the dotted names of modules, of one encoder and one decoder pass.</param>
    public static ModuleTree Of(string name, IReadOnlyList<Parameter> parameters, IEnumerable<KeyValuePair<string, long>> flops)
    {
        var root = new ModuleTree(name, null);
        foreach (var parameter in parameters)
        {
            root.Add(parameter.Name.Split('.'), 0, parameter);
        }

        foreach (var (module, count) in flops)
        {
            module.Split('.').Aggregate(root, (node, part) => node.children.Find(child => child.name == part) ?? node).multiplyAdds += count / 2;
        }

        return root;
    }

    /// <summary>One line per module and parameter, down to a depth; parameters in their published shapes.</summary>
    public IEnumerable<string> Lines(int depth = int.MaxValue, int level = 0)
    {
        var indent = new string(' ', 2 * level);
        if (parameter is not null)
        {
            yield return $"{indent}{name} {parameter.PublishedShape}{(parameter.IsBuffer ? " buffer" : "")}";
            yield break;
        }

        yield return $"{indent}{name}: {Units.Count(Count)}{(MultiplyAdds == 0 ? "" : $", {Units.Giga(MultiplyAdds)}")}";
        foreach (var line in level >= depth ? [] : children.SelectMany(child => child.Lines(depth, level + 1)))
        {
            yield return line;
        }
    }

    private void Add(string[] path, int at, Parameter added)
    {
        if (at == path.Length - 1)
        {
            children.Add(new(path[at], added));
            return;
        }

        var child = children.Find(c => c.parameter is null && c.name == path[at]);
        if (child is null)
        {
            child = new(path[at], null);
            children.Add(child);
        }

        child.Add(path, at + 1, added);
    }
}
