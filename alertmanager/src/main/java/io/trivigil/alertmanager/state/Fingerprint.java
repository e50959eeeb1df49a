package io.trivigil.alertmanager.state;

import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;

/// The identity of a label set as 64 bits, bit-equal to Prometheus: FNV-1a over each name, 0xff,
/// value, 0xff, in label order.
public final class Fingerprint {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Fingerprint() {}

  public static long of(Labels labels) {
    long hash = OFFSET;
    for (int i = 0; i < labels.size(); i++) {
      hash = add(add(hash, labels.name(i)), labels.value(i));
    }
    return hash;
  }

  private static long add(long hash, String text) {
    long next = hash;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      next = (next ^ (b & 0xFF)) * PRIME;
    }
    return (next ^ 0xFF) * PRIME;
  }

  /// 16 hexadecimal digits.
  public static String text(long fingerprint) {
    String digits = Long.toHexString(fingerprint);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
