package io.trivigil.template.value;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A Go value with a type of its own: a struct, a named map or slice, a time. Reflection-free.
public interface GoObject {
  /// The type as Go prints it in messages, for example `time.Time`.
  String goType();

  /// The field or method of that name, or null where there is none.
  default @Nullable Member member(String name) {
    return null;
  }

  /// What Go's `String()` method returns, or null where the type has no such method.
  default @Nullable String text() {
    return null;
  }

  /// The exported fields in order, for `%v`; empty where the type is not a struct.
  default SequencedMap<String, @Nullable Object> fields() {
    return new LinkedHashMap<String, @Nullable Object>();
  }

  /// What a name means on an object.
  sealed interface Member {
    /// A plain value.
    record Field(@Nullable Object value) implements Member {}

    /// Something that is called, with the arguments that follow it in the template.
    record Method(GoFunction function) implements Member {}
  }
}
