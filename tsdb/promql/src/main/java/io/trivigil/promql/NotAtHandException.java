package io.trivigil.promql;

/// What a query wants is not at hand: it would have to be looked for, read from disk or waited for,
/// or there is too much of it. Not a failure: who asked that way asks again where it may take its
/// time. Has no stack trace, since it is thrown as a matter of course.
public final class NotAtHandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NotAtHandException() {
    super("not at hand", null, false, false);
  }
}
