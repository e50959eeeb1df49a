package io.trivigil.template.value;

import org.jspecify.annotations.Nullable;

/// A named integer type such as `time.Duration` or `time.Weekday`: counts as an int, prints as its
/// text.
public interface GoInt extends GoObject {
  /// The integer behind the name.
  long value();

  /// A named integer without methods besides `String`.
  record Named(String goType, long value, String text) implements GoInt {
    @Override
    public @Nullable Member member(String name) {
      return name.equals("String") ? new Member.Method(GoFunction.of(0, args -> text)) : null;
    }
  }
}
