package io.trivigil.template.value;

import org.jspecify.annotations.Nullable;

/// A function that templates can call.
///
/// @param minArgs the fewest arguments it takes
/// @param maxArgs the most; `Integer.MAX_VALUE` if variadic
/// @param body what it does
public record GoFunction(int minArgs, int maxArgs, Body body) {
  /// What a function does. Errors that Go would return are thrown as [GoError].
  @FunctionalInterface
  public interface Body {
    @Nullable Object call(Args args);
  }

  /// A function of exactly that many arguments.
  public static GoFunction of(int args, Body body) {
    return new GoFunction(args, args, body);
  }

  /// A function of at least that many arguments.
  public static GoFunction variadic(int minArgs, Body body) {
    return new GoFunction(minArgs, Integer.MAX_VALUE, body);
  }

  /// Calls it; the caller has checked the number of arguments.
  public @Nullable Object call(Args args) {
    return body.call(args);
  }

  /// Why this number of arguments will not do, or null if it will.
  public @Nullable String countProblem(String name, int count) {
    if (count >= minArgs && count <= maxArgs) {
      return null;
    }
    String want = maxArgs == Integer.MAX_VALUE ? "at least " + minArgs : "" + minArgs;
    return "wrong number of args for %s: want %s got %d".formatted(name, want, count);
  }
}
