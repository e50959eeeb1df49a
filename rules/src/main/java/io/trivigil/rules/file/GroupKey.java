package io.trivigil.rules.file;

import io.trivigil.model.Utf8Order;
import java.nio.charset.StandardCharsets;

/// What names a group everywhere: its file as the configuration names it, and its name.
public record GroupKey(String file, String name) implements Comparable<GroupKey> {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  @Override
  public int compareTo(GroupKey other) {
    int files = Utf8Order.compare(file, other.file);
    return files != 0 ? files : Utf8Order.compare(name, other.name);
  }

  /// FNV-1a over file, a separator and name: spreads the groups over their intervals, the same way
  /// on every node.
  public long hash() {
    long hash = FNV_OFFSET;
    for (byte b : (file + "\u0000" + name).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
