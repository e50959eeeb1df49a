package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What is sent, byte for byte, and to which addresses. Immutable; the array is never handed out
/// for writing.
///
/// @param addresses a webhook's URL where a template made it, else nothing; a mail's sender and
///   then its recipients
/// @param body the request's body, or the whole mail
public record Payload(List<String> addresses, byte[] body) {
  /// Nothing to send.
  public static final Payload EMPTY = new Payload(List.of(), new byte[0]);

  public Payload {
    addresses = List.copyOf(addresses);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload payload
        && addresses.equals(payload.addresses)
        && Arrays.equals(body, payload.body);
  }

  @Override
  public int hashCode() {
    return 31 * addresses.hashCode() + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return "Payload[addresses=%d bytes=%d]".formatted(addresses.size(), body.length);
  }

  void encode(ByteWriter out) {
    out.varint(addresses.size());
    addresses.forEach(out::string);
    out.bytes(body);
  }

  static Payload decode(ByteReader in) {
    int count = in.count(1);
    List<String> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      addresses.add(in.string());
    }
    return new Payload(addresses, in.bytes());
  }
}
