package io.trivigil.promql.ast;

/// Where a node stands in the query: from `start` up to, not including, `end`, in UTF-16 units.
public record PosRange(int start, int end) {
  /// A node that nobody wrote.
  public static final PosRange NONE = new PosRange(0, 0);

  /// The smallest range that holds both.
  public PosRange merge(PosRange other) {
    return new PosRange(Math.min(start, other.start), Math.max(end, other.end));
  }

  /// `line:column` of the start, both from 1, the column in bytes.
  public String in(String query) {
    if (query.isEmpty()) {
      return "unknown position";
    }
    if (start < 0 || start > query.length()) {
      return "invalid position";
    }
    int line = 1;
    int column = 1;
    for (int i = 0; i < start; i++) {
      char unit = query.charAt(i);
      if (unit == '\n') {
        line++;
        column = 1;
      } else if (unit < 0x80) {
        column++;
      } else if (unit < 0x800 || Character.isSurrogate(unit)) {
        column += 2; // a surrogate pair is four bytes
      } else {
        column += 3;
      }
    }
    return line + ":" + column;
  }
}
