package io.trivigil.template;

import io.trivigil.template.value.GoFormat;
import org.jspecify.annotations.Nullable;

/// Where an execution writes: source text goes through as it is, values are printed or escaped.
interface Output {
  /// A piece of the template's own text.
  void text(String text);

  /// The value of an action.
  void value(@Nullable Object value);

  /// How much has been written.
  int length();

  /// All that was written; called once, at the end.
  String finish();

  /// Plain text: nothing is escaped, nil prints as `<no value>`.
  final class Plain implements Output {
    private final StringBuilder out = new StringBuilder();

    @Override
    public void text(String text) {
      out.append(text);
    }

    @Override
    public void value(@Nullable Object value) {
      out.append(value == null ? "<no value>" : GoFormat.sprint(value));
    }

    @Override
    public int length() {
      return out.length();
    }

    @Override
    public String finish() {
      return out.toString();
    }
  }
}
