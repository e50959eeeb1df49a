package io.trivigil.web.remote;

import io.trivigil.model.SampleBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One way to write a series: the bytes of its label fields as a sender writes them, and the
/// reference that the store gave the series. Thread-safe.
///
/// The bytes are kept field by field, because most fields (`job`, `instance`, the metric's name)
/// are shared with many other series.
final class Alias {
  /// Per alias beside its fields: the object, the array of fields and a place in the table, bytes.
  static final int BYTES = 32 + 16 + 16;

  /// Per field of an alias, bytes.
  static final int FIELD_BYTES = 4;

  private final int hash;
  private final int length;
  private final byte[][] fields;
  private volatile long ref;
  private volatile @Nullable Alias next; // what followed it last time; a guess
  private volatile int usedIn; // the round of the table in which it was last met

  Alias(int hash, byte[][] fields, long ref) {
    this.hash = hash;
    this.fields = fields;
    this.ref = ref;
    this.length = Arrays.stream(fields).mapToInt(field -> field.length).sum();
  }

  /// Whether exactly these label fields begin at `from`; what comes behind them is not looked at.
  boolean matches(byte[] bytes, int from, int to) {
    if (to - from < length) {
      return false;
    }
    int at = from;
    for (byte[] field : fields) {
      if (Arrays.mismatch(field, 0, field.length, bytes, at, at + field.length) >= 0) {
        return false;
      }
      at += field.length;
    }
    return true;
  }

  int hash() {
    return hash;
  }

  /// Bytes of all its label fields.
  int length() {
    return length;
  }

  byte[][] fields() {
    return fields;
  }

  /// The series' reference, [SampleBatch#NO_REF] once the store forgot it.
  long ref() {
    return ref;
  }

  void learn(long newRef) {
    ref = newRef;
  }

  @Nullable Alias next() {
    return next;
  }

  void followedBy(Alias successor) {
    next = successor;
  }

  /// Makes it useless for whoever still guesses it: it has left the table, so that nobody would
  /// tell it that its reference is gone.
  void retire() {
    ref = SampleBatch.NO_REF;
    next = null;
  }

  void use(int round) {
    if (usedIn != round) {
      usedIn = round;
    }
  }

  int usedIn() {
    return usedIn;
  }
}
