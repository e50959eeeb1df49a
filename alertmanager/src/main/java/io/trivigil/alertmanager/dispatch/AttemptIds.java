package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Alert;
import io.trivigil.model.codec.ByteWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Ids of attempts that follow from what is said: whom it goes to, which alerts, since when.
final class AttemptIds {
  private AttemptIds() {}

  /// 32 hexadecimal digits.
  static String of(Action.Need need) {
    ByteWriter out = new ByteWriter();
    out.string(need.destination().groupKey()).string(need.destination().receiver());
    out.string(need.destination().integrationText());
    for (Alert alert : need.alerts()) {
      out.fixed64(alert.fingerprint()).zigzag(alert.startsMs());
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(out.toBytes());
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
