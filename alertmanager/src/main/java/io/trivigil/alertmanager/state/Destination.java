package io.trivigil.alertmanager.state;

import io.trivigil.model.Utf8Order;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.Comparator;

/// Whom a notification goes to, and on behalf of which group: the key of the notification log.
///
/// @param groupKey the group's key, as upstream writes it
/// @param receiver the receiver's name
/// @param integration its kind: `email`, `webhook` …
/// @param index which of that kind within the receiver, from 0
public record Destination(String groupKey, String receiver, String integration, int index)
    implements Comparable<Destination> {
  private static final Comparator<Destination> ORDER =
      Comparator.comparing(Destination::groupKey, Utf8Order::compare)
          .thenComparing(Destination::receiver, Utf8Order::compare)
          .thenComparing(Destination::integration, Utf8Order::compare)
          .thenComparingInt(Destination::index);

  @Override
  public int compareTo(Destination other) {
    return ORDER.compare(this, other);
  }

  /// `webhook[0]`, as logs and errors name an integration.
  public String integrationText() {
    return integration + "[" + index + "]";
  }

  void encode(ByteWriter out) {
    out.string(groupKey).string(receiver).string(integration).varint(index);
  }

  static Destination decode(ByteReader in) {
    return new Destination(in.string(), in.string(), in.string(), in.intVarint());
  }
}
