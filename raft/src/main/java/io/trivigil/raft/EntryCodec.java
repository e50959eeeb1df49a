package io.trivigil.raft;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// An entry, and the answers to it, as bytes on the wire and in the log. All numbers are
/// big-endian.
///
/// ```
/// entry    ┌──────┬─────────┬──────────────┬───────────────┬─────────┬─ per command ──────┐
///          │ 0xE7 │ version │ proposed ms  │ required term │ count   │ length │ bytes …   │
///          │ u8   │ u8 = 1  │ i64, epoch   │ i64, 0 = any  │ i32     │ i32    │           │
///          └──────┴─────────┴──────────────┴───────────────┴─────────┴────────────────────┘
/// answers  ┌──────┬─────────┬─────────┬─ per answer ───────┐
///          │ 0xA7 │ version │ count   │ length │ bytes …   │
///          │ u8   │ u8 = 1  │ i32     │ i32    │           │
///          └──────┴─────────┴─────────┴────────────────────┘
/// ```
///
/// The proposed time is written by the leader when it takes the entry (a follower's clock never
/// counts), so whoever proposes leaves it 0. The log's time is made of it while applying: max(the
/// log's time before, proposed). An entry with a required term is refused by a leader of any other
/// term.
public final class EntryCodec {
  /// Bytes before the first command.
  public static final int HEADER_BYTES = 1 + 1 + 8 + 8 + 4;

  /// Bytes that each command costs beside its own.
  public static final int COMMAND_BYTES = 4;

  /// A required term that any leader meets.
  public static final long ANY_TERM = 0;

  /// Bytes of the part that the leader stamps: everything up to the required term.
  public static final int STAMP_BYTES = 1 + 1 + 8;

  private static final byte ENTRY_MAGIC = (byte) 0xE7;
  private static final byte ANSWERS_MAGIC = (byte) 0xA7;
  private static final byte VERSION = 1;
  private static final int ANSWERS_HEADER_BYTES = 1 + 1 + 4;

  private EntryCodec() {}

  /// A decoded entry.
  ///
  /// @param proposedMs the leader's clock when it took the entry, epoch ms; 0 before that
  /// @param requiredTerm the only term in which the entry may enter the log, or [#ANY_TERM]
  /// @param commands the commands, in their order
  public record Proposal(long proposedMs, long requiredTerm, List<byte[]> commands) {
    public Proposal {
      commands = List.copyOf(commands);
    }
  }

  /// Writes an entry.
  public static byte[] encode(Proposal proposal) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + listBytes(proposal.commands()));
    out.put(ENTRY_MAGIC).put(VERSION).putLong(proposal.proposedMs());
    out.putLong(proposal.requiredTerm());
    putList(out, proposal.commands());
    return out.array();
  }

  /// Reads an entry from the buffer's position to its limit.
  ///
  /// @throws IllegalArgumentException if these are not the bytes of exactly one entry
  public static Proposal decode(ByteBuffer in) {
    expect(in, HEADER_BYTES, ENTRY_MAGIC, "entry");
    return new Proposal(in.getLong(), in.getLong(), getList(in, "entry"));
  }

  /// Reads an entry that lies in two pieces.
  ///
  /// @param stamp its first [#STAMP_BYTES]
  /// @param rest what is behind them
  /// @throws IllegalArgumentException if these are not the bytes of exactly one entry
  public static Proposal decode(ByteBuffer stamp, ByteBuffer rest) {
    expect(stamp, STAMP_BYTES, ENTRY_MAGIC, "entry");
    if (rest.remaining() < HEADER_BYTES - STAMP_BYTES) {
      throw new IllegalArgumentException(
          "entry too short: bytes=%d wanted>=%d"
              .formatted(STAMP_BYTES + rest.remaining(), HEADER_BYTES));
    }
    return new Proposal(stamp.getLong(), rest.getLong(), getList(rest, "entry"));
  }

  /// Returns the first [#STAMP_BYTES] of an entry that was proposed at `proposedMs`; the rest of
  /// the entry stays as it is.
  public static byte[] stamp(long proposedMs) {
    return ByteBuffer.allocate(STAMP_BYTES)
        .put(ENTRY_MAGIC)
        .put(VERSION)
        .putLong(proposedMs)
        .array();
  }

  /// Returns the required term of an entry, after a look at its header alone.
  ///
  /// @throws IllegalArgumentException if these bytes do not begin an entry
  public static long requiredTerm(ByteBuffer in) {
    ByteBuffer header = in.duplicate();
    expect(header, HEADER_BYTES, ENTRY_MAGIC, "entry");
    header.getLong();
    return header.getLong();
  }

  /// Writes the answers to one entry.
  public static byte[] encodeAnswers(List<byte[]> answers) {
    ByteBuffer out = ByteBuffer.allocate(ANSWERS_HEADER_BYTES - 4 + 4 + listBytes(answers));
    out.put(ANSWERS_MAGIC).put(VERSION);
    putList(out, answers);
    return out.array();
  }

  /// Reads the answers to one entry.
  ///
  /// @throws IllegalArgumentException if these are not the bytes of exactly one list of answers
  public static List<byte[]> decodeAnswers(ByteBuffer in) {
    expect(in, ANSWERS_HEADER_BYTES, ANSWERS_MAGIC, "answers");
    return getList(in, "answers");
  }

  private static void expect(ByteBuffer in, int headerBytes, byte magic, String what) {
    if (in.remaining() < headerBytes) {
      throw new IllegalArgumentException(
          "%s too short: bytes=%d wanted>=%d".formatted(what, in.remaining(), headerBytes));
    }
    byte foundMagic = in.get();
    byte foundVersion = in.get();
    if (foundMagic == magic && foundVersion > VERSION) {
      throw new IllegalArgumentException(
          "%s of format %d is not known, this version reads %d: start the newer version"
              .formatted(what, foundVersion, VERSION));
    }
    if (foundMagic != magic || foundVersion != VERSION) {
      throw new IllegalArgumentException(
          "%s header not understood: magic=0x%02x version=%d wanted 0x%02x %d"
              .formatted(what, foundMagic, foundVersion, magic, VERSION));
    }
  }

  private static int listBytes(List<byte[]> list) {
    long sum = 0;
    for (byte[] item : list) {
      sum += COMMAND_BYTES + item.length;
    }
    return Math.toIntExact(sum);
  }

  private static void putList(ByteBuffer out, List<byte[]> list) {
    out.putInt(list.size());
    for (byte[] item : list) {
      out.putInt(item.length).put(item);
    }
  }

  private static List<byte[]> getList(ByteBuffer in, String what) {
    int count = in.getInt();
    // Each item needs its length at least; a damaged count must not allocate.
    if (count < 0 || (long) count * COMMAND_BYTES > in.remaining()) {
      throw new IllegalArgumentException(
          "%s count out of range: count=%d bytes=%d".formatted(what, count, in.remaining()));
    }
    List<byte[]> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = in.remaining() < COMMAND_BYTES ? -1 : in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException(
            "%s item out of range: item=%d length=%d bytes=%d"
                .formatted(what, i, length, in.remaining()));
      }
      byte[] item = new byte[length];
      in.get(item);
      list.add(item);
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(
          "%s has bytes behind its end: bytes=%d".formatted(what, in.remaining()));
    }
    return list;
  }
}
