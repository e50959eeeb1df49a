package io.trivigil.template.value;

/// A function called by a template failed: what Go returns as an `error`.
public class GoError extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// An error with Go's text.
  public GoError(String message) {
    super(message);
  }

  /// An argument has the wrong type; Go reports these without naming the function.
  public static final class WrongType extends GoError {
    private static final long serialVersionUID = 1;
    private final int argument;

    WrongType(int argument, String message) {
      super(message);
      this.argument = argument;
    }

    /// Which argument, from 0.
    public int argument() {
      return argument;
    }
  }
}
