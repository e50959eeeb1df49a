package io.trivigil.template.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named Go slice type, for those that have methods; a plain `List` serves for all others.
public interface GoSlice extends GoObject {
  /// The elements, in order.
  List<? extends @Nullable Object> elements();
}
