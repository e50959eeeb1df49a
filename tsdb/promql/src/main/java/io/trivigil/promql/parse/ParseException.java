package io.trivigil.promql.parse;

import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.PosRange;

/// A text that is no expression: `1:5: parse error: …`.
public final class ParseException extends QueryException {
  private static final long serialVersionUID = 1;

  private final transient PosRange pos;
  private final String problem;

  public ParseException(String query, PosRange pos, String problem) {
    super(Kind.BAD_DATA, pos.in(query) + ": parse error: " + problem);
    this.pos = pos;
    this.problem = problem;
  }

  public PosRange pos() {
    return pos;
  }

  /// The message without the position.
  public String problem() {
    return problem;
  }
}
