package io.trivigil.node.failopen;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Scrapes that a node took without a quorum, many in one command of the log. They are applied in
/// order, each as if it had come alone: taken only above the target's newest slot. An empty list
/// says that the node has begun to merge.
///
/// Layout: u8 version = 2 (1 is a report of [FailOpenMachine]), string node, varint count, the
/// bytes of each scrape command. The answer: u8 0 taken, varint count, the bytes of each scrape's
/// answer; or u8 1 where the command is not known. There are fewer answers than scrapes where the
/// last one names references that the store does not know: what stood behind that scrape was not
/// applied, so that a target's scrapes keep their order.
///
/// @param node who took them
/// @param scrapes commands of scraping; nobody changes the arrays
public record TakenAlone(String node, List<byte[]> scrapes) {
  private static final int VERSION = 2;
  private static final int TAKEN = 0;

  public TakenAlone {
    scrapes = List.copyOf(scrapes);
  }

  /// Whether these are the bytes of such a command.
  public static boolean is(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == VERSION;
  }

  /// The bytes of the command.
  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.u8(VERSION).string(node).varint(scrapes.size());
    scrapes.forEach(out::bytes);
    return out.toBytes();
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such command
  public static TakenAlone decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "scrapes taken alone, version: expected=%d found=%d".formatted(VERSION, version));
    }
    String node = in.string();
    List<byte[]> scrapes = list(in);
    in.expectEnd();
    return new TakenAlone(node, scrapes);
  }

  /// The bytes of the answer.
  static byte[] answer(List<byte[]> answers) {
    ByteWriter out = new ByteWriter();
    out.u8(TAKEN).varint(answers.size());
    answers.forEach(out::bytes);
    return out.toBytes();
  }

  /// The answers of the scrapes that were applied, in order; empty if the command was refused.
  public static Optional<List<byte[]>> answers(byte[] answer) {
    ByteReader in = new ByteReader(answer);
    return in.remaining() > 0 && in.u8() == TAKEN && in.remaining() > 0
        ? Optional.of(list(in))
        : Optional.empty();
  }

  private static List<byte[]> list(ByteReader in) {
    int count = in.count(1);
    List<byte[]> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(in.bytes());
    }
    return list;
  }
}
