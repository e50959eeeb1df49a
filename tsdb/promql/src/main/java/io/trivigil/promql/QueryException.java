package io.trivigil.promql;

/// A query that has no answer, with the reason in the words of the HTTP API.
public class QueryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// The API's `errorType`.
  public enum Kind {
    BAD_DATA("bad_data"),
    EXECUTION("execution"),
    CANCELED("canceled"),
    TIMEOUT("timeout");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// The word in the API's answer.
    public String text() {
      return text;
    }
  }

  private final Kind kind;

  public QueryException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// A failure while the query ran.
  public static QueryException execution(String message) {
    return new QueryException(Kind.EXECUTION, message);
  }
}
