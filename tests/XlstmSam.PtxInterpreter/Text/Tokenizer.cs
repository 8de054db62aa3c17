namespace XlstmSam.PtxInterpreter;

/// <summary>Splits PTX text into words, numbers, quoted texts and single marks; comments and white space go.</summary>
internal static class Tokenizer
{
    public static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        var line = 1;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
                i++;
            }
            else if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] is '/' or '*')
            {
                var (close, skip) = text[i + 1] == '/' ? ("\n", 0) : ("*/", 2);
                var end = text.IndexOf(close, i + 2, StringComparison.Ordinal);
                end = end < 0 ? text.Length : end + skip;
                line += text.AsSpan(i, end - i).Count('\n');
                i = end;
            }
            else
            {
                var length = Length(text, i, line);
                tokens.Add(new(KindOf(c), text.Substring(i, length), line));
                i += length;
            }
        }

        tokens.Add(new(TokenKind.End, "end of the text", line));
        return tokens;
    }

    private static TokenKind KindOf(char first) => first switch
    {
        '"' => TokenKind.Text,
        _ when char.IsAsciiDigit(first) => TokenKind.Number,
        _ when IsWord(first) => TokenKind.Word,
        _ => TokenKind.Mark,
    };

    private static int Length(string text, int start, int line)
    {
        switch (KindOf(text[start]))
        {
            case TokenKind.Mark:
                return 1;
            case TokenKind.Text:
                var close = text.IndexOf('"', start + 1);
                return close > 0 ? close + 1 - start : throw new PtxFault($"PTX line {line}: the quoted text does not end.");
            default:
                var end = start + 1;
                while (end < text.Length && (IsWord(text[end]) || IsDoubleColon(text, end)))
                {
                    end += text[end] == ':' ? 2 : 1;
                }

                return end - start;
        }
    }

    // As in .L2::128B; a single colon ends a label.
    private static bool IsDoubleColon(string text, int at) => at + 1 < text.Length && text[at] == ':' && text[at + 1] == ':';

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '$' or '%';
}
