namespace XlstmSam.Cli.Text;

/// <summary>Rows of cells in columns of equal width. The first column is flush left, the others flush right.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> rows = [header];

    public void Add(params string[] cells) => rows.Add(cells);

    public IEnumerable<string> Lines()
    {
        var widths = Enumerable.Range(0, header.Length).Select(c => rows.Max(row => c < row.Length ? row[c].Length : 0)).ToArray();
        foreach (var row in rows)
        {
            yield return string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd();
        }
    }
}
