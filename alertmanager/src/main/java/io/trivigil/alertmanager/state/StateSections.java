package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The bytes of the state, cut so that what did not change stays equal. Every section begins with
/// version 1; lists are a varint count, then the items.
///
/// ```
/// meta              log time, revision, sequence, history sequence, last gap
/// alerts/00 … 3f    alerts, by the lowest 6 bits of their fingerprint, in label order
/// attempt/ID        one open attempt with its payload
/// groups            string key, group state
/// history/N         256 transitions, N = sequence / 256, 12 digits
/// log/00 … 0f       destination, entry; by the lowest 4 bits of the group key's hash
/// silence/ID        one silence
/// told-alone        string ids
/// ```
final class StateSections {
  private static final int VERSION = 1;
  private static final int ALERT_SHARDS = 64;
  private static final int LOG_SHARDS = 16;
  private static final int HISTORY_CHUNK = 256;

  private StateSections() {}

  static SortedMap<String, byte[]> write(State state) {
    TreeMap<String, byte[]> sections = new TreeMap<>();
    ByteWriter meta = begin();
    meta.zigzag(state.logTimeMs).varint(state.revision).varint(state.sequence);
    meta.varint(state.historySequence).zigzag(state.lastGapMs);
    sections.put("meta", meta.toBytes());
    Shards alerts = new Shards("alerts/", ALERT_SHARDS);
    for (Alert alert : state.alerts.values()) {
      alert.encode(alerts.at((int) alert.fingerprint()));
    }
    alerts.into(sections);
    Shards log = new Shards("log/", LOG_SHARDS);
    state.log.forEach(
        (destination, entry) -> {
          ByteWriter out = log.at(destination.groupKey().hashCode());
          destination.encode(out);
          entry.encode(out);
        });
    log.into(sections);
    if (!state.groups.isEmpty()) {
      ByteWriter groups = begin();
      state.groups.forEach((key, group) -> group.encode(groups.string(key)));
      sections.put("groups", groups.toBytes());
    }
    for (Attempt attempt : state.attempts.values()) {
      ByteWriter out = begin();
      attempt.encode(out);
      sections.put("attempt/" + attempt.id(), out.toBytes());
    }
    for (Silence silence : state.silences.values()) {
      ByteWriter out = begin();
      silence.encode(out);
      sections.put("silence/" + silence.id(), out.toBytes());
    }
    if (!state.toldAlone.isEmpty()) {
      ByteWriter ids = begin();
      state.toldAlone.forEach(ids::string);
      sections.put("told-alone", ids.toBytes());
    }
    history(state.history, sections);
    return sections;
  }

  private static void history(Collection<Transition> history, SortedMap<String, byte[]> sections) {
    TreeMap<Long, ByteWriter> chunks = new TreeMap<>();
    for (Transition line : history) {
      line.encode(chunks.computeIfAbsent(line.sequence() / HISTORY_CHUNK, _ -> begin()));
    }
    chunks.forEach(
        (number, out) -> {
          String digits = Long.toString(number);
          sections.put("history/" + "0".repeat(12 - digits.length()) + digits, out.toBytes());
        });
  }

  /// Replaces the whole state. Sections are read to their ends, so counts are not stored.
  static void read(SortedMap<String, byte[]> sections, State state) {
    state.clear();
    for (Map.Entry<String, byte[]> section : sections.entrySet()) {
      ByteReader in = new ByteReader(section.getValue());
      int version = in.u8();
      if (version != VERSION) {
        throw new MalformedBytesException(
            "unknown version of section %s: %d".formatted(section.getKey(), version));
      }
      String kind = section.getKey().split("/", 2)[0];
      do {
        readItem(kind, in, state);
      } while (in.remaining() > 0);
    }
  }

  private static void readItem(String kind, ByteReader in, State state) {
    switch (kind) {
      case "meta" -> {
        state.logTimeMs = in.zigzag();
        state.revision = in.varint();
        state.sequence = in.varint();
        state.historySequence = in.varint();
        state.lastGapMs = in.zigzag();
      }
      case "alerts" -> state.put(Alert.decode(in));
      case "log" -> state.log.put(Destination.decode(in), LogEntry.decode(in));
      case "groups" -> state.groups.put(in.string(), GroupState.decode(in));
      case "attempt" -> {
        Attempt attempt = Attempt.decode(in);
        state.attempts.put(attempt.id(), attempt);
      }
      case "silence" -> {
        Silence silence = Silence.decode(in);
        state.silences.put(silence.id(), silence);
      }
      case "told-alone" -> state.toldAlone.addLast(in.string());
      case "history" -> state.history.addLast(Transition.decode(in));
      default -> throw new MalformedBytesException("unknown section " + kind);
    }
  }

  private static ByteWriter begin() {
    return new ByteWriter().u8(VERSION);
  }

  /// Writers that are opened when they are needed.
  private record Shards(String prefix, List<ByteWriter> writers) {
    private static final ByteWriter CLOSED = new ByteWriter(0);

    Shards(String prefix, int count) {
      this(prefix, Arrays.asList(closed(count)));
    }

    private static ByteWriter[] closed(int count) {
      ByteWriter[] writers = new ByteWriter[count];
      Arrays.fill(writers, CLOSED);
      return writers;
    }

    @SuppressWarnings("ReferenceEquality") // CLOSED is a mark, not a value
    ByteWriter at(int hash) {
      int shard = hash & (writers.size() - 1);
      if (writers.get(shard) == CLOSED) {
        writers.set(shard, begin());
      }
      return writers.get(shard);
    }

    void into(SortedMap<String, byte[]> sections) {
      for (int i = 0; i < writers.size(); i++) {
        if (writers.get(i).size() > 0) {
          String digits = Integer.toHexString(i);
          sections.put(
              prefix + (digits.length() < 2 ? "0" : "") + digits, writers.get(i).toBytes());
        }
      }
    }
  }
}
