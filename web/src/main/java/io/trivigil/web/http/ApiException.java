package io.trivigil.web.http;

/// The reason why a request is answered by an error: its type in Prometheus's words, and a message
/// for the client.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Prometheus's error types with their HTTP status.
  public enum Type {
    BAD_DATA("bad_data", 400),
    EXECUTION("execution", 422),
    CANCELED("canceled", 499),
    TIMEOUT("timeout", 503),
    INTERNAL("internal", 500),
    UNAVAILABLE("unavailable", 503),
    NOT_FOUND("not_found", 404),
    NOT_ACCEPTABLE("not_acceptable", 406);

    private final String text;
    private final int status;

    Type(String text, int status) {
      this.text = text;
      this.status = status;
    }

    public String text() {
      return text;
    }

    public int status() {
      return status;
    }
  }

  private final Type type;

  public ApiException(Type type, String message) {
    super(message);
    this.type = type;
  }

  public ApiException(Type type, String message, Throwable cause) {
    super(message, cause);
    this.type = type;
  }

  /// A parameter that can not be used, in Prometheus's words.
  public static ApiException badParam(String name, String why) {
    return new ApiException(Type.BAD_DATA, "invalid parameter \"%s\": %s".formatted(name, why));
  }

  public static ApiException badData(String why) {
    return new ApiException(Type.BAD_DATA, why);
  }

  public Type type() {
    return type;
  }

  /// The message; never null.
  public String text() {
    return String.valueOf(getMessage());
  }
}
