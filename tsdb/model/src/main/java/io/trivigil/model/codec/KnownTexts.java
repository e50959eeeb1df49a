package io.trivigil.model.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Texts that were read before, found by their bytes: names of labels and most of their values
/// stand in series after series, and one string for all of them is neither decoded nor hashed
/// again.
///
/// Each text has one place, which the next that wants it takes; what was met once alone is not
/// kept. Thread-safe without a lock: of two who meet in a place one is forgotten.
public final class KnownTexts {
  /// The most texts that are kept; with all that belongs to them at most about 1 MiB.
  public static final int MOST = 1 << 12;

  /// Longer ones are not kept, bytes.
  public static final int LONGEST = 64;

  private static final class Known {
    private final byte[] bytes;
    private final String text;

    Known(byte[] bytes, String text) {
      this.bytes = bytes;
      this.text = text;
    }
  }

  private final @Nullable Known[] places = new Known[MOST];
  private final int[] metOnce = new int[MOST]; // hashes

  /// Decodes UTF-8 as [String] does.
  ///
  /// @param to exclusive
  public String utf8(byte[] in, int from, int to) {
    String known = find(in, from, to);
    if (known != null) {
      return known;
    }
    String text = new String(in, from, to - from, StandardCharsets.UTF_8);
    met(in, from, to, text);
    return text;
  }

  /// The text that was kept for these bytes; null if none was. (Hot path: no box.)
  ///
  /// @param to exclusive
  public @Nullable String find(byte[] in, int from, int to) {
    if (to - from > LONGEST) {
      return null;
    }
    Known known = places[RawHash.of(in, from, to) & (MOST - 1)];
    return known != null && Arrays.equals(known.bytes, 0, known.bytes.length, in, from, to)
        ? known.text
        : null;
  }

  /// Keeps what these bytes say, if it was met before.
  ///
  /// @param to exclusive
  public void met(byte[] in, int from, int to, String text) {
    if (to - from > LONGEST) {
      return;
    }
    int hash = RawHash.of(in, from, to);
    int place = hash & (MOST - 1);
    if (metOnce[place] == hash) {
      places[place] = new Known(Arrays.copyOfRange(in, from, to), text);
    } else {
      metOnce[place] = hash;
    }
  }
}
