package io.trivigil.raft.ratis;

import io.trivigil.raft.EntryCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/// Reads the log's files as they lie on the disk, without Ratis, and says where they are wrong.
///
/// ```
/// log_<first>-<last>         a closed segment         ┌──────────┬─ per entry ─────────────────────────┬──────┐
/// log_inprogress_<first>     the open one, the last   │"RaftLog1"│ varint length │ LogEntryProto │ crc │ 0 …  │
///                                                     └──────────┴─────────────────────────────────────┴──────┘
/// ```
///
/// The checksum is CRC-32C over length and entry, big-endian; the zeros at the end are space that
/// was reserved. Ratis itself takes a damaged length for the end of the log and cuts off everything
/// behind it, acknowledged or not; so this looks first.
public final class LogFiles {
  static final String HEADER = "RaftLog1";
  private static final String ANY_HEADER = "RaftLog";
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");
  private static final int CHECKSUM_BYTES = 4;

  /// The unit in which disks lose writes.
  private static final int SECTOR_BYTES = 512;

  private LogFiles() {}

  /// One segment.
  ///
  /// @param last the last index by its name, -1 where it is open
  record Segment(Path file, long first, long last) {
    boolean open() {
      return last < 0;
    }
  }

  /// One entry as it lies on the disk.
  ///
  /// @param file the segment
  /// @param offset where it begins, bytes
  /// @param length bytes with length and checksum
  /// @param kind `commands`, or what Ratis wrote for itself
  /// @param commands the commands, in their order; empty for an entry of Ratis' own
  public record Stored(
      Path file,
      long offset,
      int length,
      long index,
      long term,
      String kind,
      long proposedMs,
      long requiredTerm,
      List<byte[]> commands) {
    public Stored {
      commands = List.copyOf(commands);
    }
  }

  /// Where the log is wrong, and how.
  ///
  /// @param offset bytes from the beginning of the file; 0 where a file is missing
  /// @param index the first entry that can not be read
  /// @param torn whether it is what a crash leaves behind: the end of a write that nobody waited
  ///   for
  /// @param newer whether a newer version wrote it
  /// @param wholeFrom from which index on files are there that this damage does not touch; -1 if
  ///   none are
  public record Damage(
      Path file,
      long offset,
      long index,
      String reason,
      boolean torn,
      boolean newer,
      long wholeFrom) {
    @Override
    public String toString() {
      return "file=%s offset=%d index=%d: %s".formatted(file, offset, index, reason);
    }
  }

  /// The segments of `current`, in the order of their entries.
  static List<Segment> segments(Path current) throws IOException {
    if (!Files.isDirectory(current)) {
      return List.of();
    }
    List<Segment> segments = new ArrayList<>();
    try (Stream<Path> files = Files.list(current)) {
      for (Path file : files.toList()) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (name.matches()) {
          boolean open = name.group(1) != null;
          segments.add(
              new Segment(
                  file,
                  Long.parseLong(open ? name.group(1) : name.group(2)),
                  open ? -1 : Long.parseLong(name.group(3))));
        }
      }
    }
    segments.sort(Comparator.comparingLong(Segment::first).thenComparing(Segment::open));
    return List.copyOf(segments);
  }

  /// The first thing that is wrong with the log in `current`; empty if nothing is. Reads all of it.
  static Optional<Damage> check(Path current) throws IOException {
    long next = -1;
    for (Segment segment : segments(current)) {
      if (next >= 0 && segment.first() != next) {
        return Optional.of(
            new Damage(
                segment.file(),
                0,
                next,
                "entries %d to %d are missing before this file"
                    .formatted(next, segment.first() - 1),
                false,
                false,
                segment.first()));
      }
      Scan scan = scan(segment, null);
      if (scan.damage() != null) {
        return Optional.of(scan.damage());
      }
      next = scan.next();
    }
    return Optional.empty();
  }

  /// Reads the entries below `directory`, which is a log's directory or one inside it, in their
  /// order, until `each` says that it has seen enough.
  ///
  /// @return what ended the reading early, if something is damaged
  public static Optional<Damage> read(Path directory, Predicate<Stored> each) throws IOException {
    List<Path> places;
    try (Stream<Path> all = Files.walk(directory, 4)) {
      places =
          all.filter(p -> p.endsWith("current") || p.equals(directory))
              .filter(Files::isDirectory)
              .sorted()
              .toList();
    }
    for (Path place : places) {
      for (Segment segment : segments(place)) {
        Scan scan = scan(segment, each);
        if (scan.damage() != null || scan.stopped()) {
          return Optional.ofNullable(scan.damage());
        }
      }
    }
    return Optional.empty();
  }

  /// What a scan of one segment found.
  ///
  /// @param next the index behind the last entry
  record Scan(long next, boolean stopped, @Nullable Damage damage) {}

  /// @param each null where only the files themselves are in question: a start reads the whole log,
  ///   and then need not unpack the commands
  static Scan scan(Segment segment, @Nullable Predicate<Stored> each) throws IOException {
    byte[] bytes = Files.readAllBytes(segment.file()); // at most the size of a segment, 9 MB or so
    long index = segment.first();
    int header = HEADER.length();
    if (bytes.length < header || !text(bytes, header).equals(HEADER)) {
      return new Scan(index, false, header(segment, bytes));
    }
    int at = header;
    while (at < bytes.length && bytes[at] != 0) {
      Frame frame = frame(bytes, at);
      if (frame.problem() != null) {
        return new Scan(index, false, broken(segment, bytes, at, index, frame));
      }
      LogEntryProto entry = entry(bytes, at, frame);
      if (entry.getIndex() != index) {
        String reason = "entry %d stands where %d belongs".formatted(entry.getIndex(), index);
        return new Scan(index, false, damage(segment, at, index, reason));
      }
      if (each != null && !each.test(stored(segment.file(), at, frame, entry))) {
        return new Scan(index + 1, true, null);
      }
      at += frame.bytes();
      index++;
    }
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        String reason = "bytes behind the end of the log at offset " + i;
        return new Scan(index, false, damage(segment, at, index, reason));
      }
    }
    if (!segment.open() && index <= segment.last()) {
      String reason = "the file ends, but should go on to index %d".formatted(segment.last());
      return new Scan(index, false, damage(segment, at, index, reason));
    }
    return new Scan(index, false, null);
  }

  private static Damage damage(Segment segment, long offset, long index, String reason) {
    return new Damage(segment.file(), offset, index, reason, false, false, behind(segment));
  }

  private static long behind(Segment segment) {
    return segment.open() ? -1 : segment.last() + 1;
  }

  private static Damage header(Segment segment, byte[] bytes) {
    String found = text(bytes, Math.min(bytes.length, HEADER.length()));
    boolean other = found.startsWith(ANY_HEADER) && found.length() == HEADER.length();
    boolean newer = other && Character.isDigit(found.charAt(found.length() - 1));
    boolean torn = segment.open() && !other && zero(bytes, matching(bytes), bytes.length);
    String reason =
        newer
            ? "log format \"%s\" is not known, this version reads \"%s\": start the newer version"
                .formatted(found, HEADER)
            : "the file does not begin as a log does";
    return new Damage(segment.file(), 0, segment.first(), reason, torn, newer, behind(segment));
  }

  private static int matching(byte[] bytes) {
    int same = 0;
    while (same < Math.min(bytes.length, HEADER.length())
        && bytes[same] == (byte) HEADER.charAt(same)) {
      same++;
    }
    return same;
  }

  private static String text(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /// A frame that can not be read. At the end of the open segment, with nothing readable behind it
  /// and a part of it never written, it is a write that a crash cut short.
  private static Damage broken(Segment segment, byte[] bytes, int at, long index, Frame frame) {
    boolean cutShort = at + (long) frame.bytes() > bytes.length;
    boolean holes = holes(bytes, at, (int) Math.min(bytes.length, at + (long) frame.bytes()));
    boolean torn = segment.open() && (cutShort || holes) && !followed(bytes, at + 1, index);
    return new Damage(
        segment.file(), at, index, String.valueOf(frame.problem()), torn, false, behind(segment));
  }

  /// Whether a sector between the two places was never written, or the end was not.
  private static boolean holes(byte[] bytes, int from, int to) {
    if (zero(bytes, Math.max(from, to - CHECKSUM_BYTES), to)) {
      return true;
    }
    int first = (from + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    for (int sector = first; sector + SECTOR_BYTES <= to; sector += SECTOR_BYTES) {
      if (zero(bytes, sector, sector + SECTOR_BYTES)) {
        return true;
      }
    }
    return false;
  }

  private static boolean zero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether an entry behind `index` can be read anywhere from `from` on.
  private static boolean followed(byte[] bytes, int from, long index) {
    for (int at = from; at < bytes.length; at++) {
      if (bytes[at] != 0 && isEntryFrom(bytes, at, index)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEntryFrom(byte[] bytes, int at, long index) {
    Frame frame = frame(bytes, at);
    if (frame.problem() != null) {
      return false;
    }
    try {
      return entry(bytes, at, frame).getIndex() >= index;
    } catch (InvalidProtocolBufferException e) {
      return false; // by chance the checksum fits
    }
  }

  /// @param lengthBytes bytes of the length
  /// @param bytes all bytes of the frame, as its length says
  private record Frame(int lengthBytes, int bytes, @Nullable String problem) {}

  private static Frame frame(byte[] bytes, int at) {
    long length = 0;
    int lengthBytes = 0;
    while (true) {
      if (at + lengthBytes >= bytes.length || lengthBytes == 5) {
        return new Frame(lengthBytes, Integer.MAX_VALUE, "the length of an entry is cut off");
      }
      byte next = bytes[at + lengthBytes];
      length |= (long) (next & 0x7F) << (7 * lengthBytes);
      lengthBytes++;
      if (next >= 0) {
        break;
      }
    }
    long all = lengthBytes + length + CHECKSUM_BYTES;
    if (all > bytes.length - at) {
      return new Frame(
          lengthBytes,
          (int) Math.min(all, Integer.MAX_VALUE),
          "an entry of %d bytes goes beyond the end of the file".formatted(length));
    }
    int end = at + lengthBytes + (int) length;
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, end - at);
    int wanted = (int) crc.getValue();
    int found =
        (bytes[end] & 0xFF) << 24
            | (bytes[end + 1] & 0xFF) << 16
            | (bytes[end + 2] & 0xFF) << 8
            | (bytes[end + 3] & 0xFF);
    return new Frame(
        lengthBytes,
        (int) all,
        wanted == found
            ? null
            : "checksum mismatch: expected=0x%08x found=0x%08x".formatted(wanted, found));
  }

  private static LogEntryProto entry(byte[] bytes, int at, Frame frame)
      throws InvalidProtocolBufferException {
    int from = at + frame.lengthBytes();
    int to = at + frame.bytes() - CHECKSUM_BYTES;
    return LogEntryProto.parseFrom(ByteString.copyFrom(bytes, from, to - from));
  }

  private static Stored stored(Path file, int at, Frame frame, LogEntryProto entry) {
    EntryCodec.Proposal proposal = new EntryCodec.Proposal(0, EntryCodec.ANY_TERM, List.of());
    String kind =
        switch (entry.getLogEntryBodyCase()) {
          case STATEMACHINELOGENTRY -> "commands";
          case CONFIGURATIONENTRY -> "members";
          case METADATAENTRY -> "commit";
          case LOGENTRYBODY_NOT_SET -> "empty";
        };
    if (entry.hasStateMachineLogEntry()) {
      try {
        proposal =
            EntryCodec.decode(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
      } catch (IllegalArgumentException e) {
        kind = "not readable: " + e.getMessage();
      }
    }
    return new Stored(
        file,
        at,
        frame.bytes(),
        entry.getIndex(),
        entry.getTerm(),
        kind,
        proposal.proposedMs(),
        proposal.requiredTerm(),
        proposal.commands());
  }
}
