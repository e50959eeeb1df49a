package io.trivigil.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A small machine for tests: named counters. A command is `key=n`: "set key to n if it is n-1
/// now", so that a command which is applied twice changes nothing. The answer is the counter's
/// value.
///
/// Durable state is one file, replaced atomically; everything else is lost with the object, as in a
/// crash.
public class CounterMachine implements StateMachine {
  private final Path file;
  private Map<String, Long> counters = new TreeMap<>();
  private Position applied = Position.NOTHING;
  private Position durable;

  public final List<Leadership> leaderships = new CopyOnWriteArrayList<>();

  /// State hash by index.
  public final Map<Long, Integer> hashes = new ConcurrentHashMap<>();

  public final List<Long> logTimes = new CopyOnWriteArrayList<>();

  public CounterMachine(Path directory) {
    try {
      Files.createDirectories(directory);
      file = directory.resolve("counters");
      durable = Files.exists(file) ? load(file) : Position.NOTHING;
      applied = durable;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] set(String key, long to) {
    return (key + "=" + to).getBytes(StandardCharsets.UTF_8);
  }

  public static String text(byte[] answer) {
    return new String(answer, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized Position recovered() {
    return durable;
  }

  @Override
  public synchronized List<byte[]> apply(Entry entry) {
    if (entry.index() <= applied.index() || entry.logTimeMs() < applied.logTimeMs()) {
      throw new IllegalStateException("entry out of order: " + entry + " after " + applied);
    }
    List<byte[]> answers = new ArrayList<>();
    for (byte[] command : entry.commands()) {
      answers.add(applyOne(entry, text(command)).getBytes(StandardCharsets.UTF_8));
    }
    applied = Position.of(entry);
    logTimes.add(entry.logTimeMs());
    hashes.put(entry.index(), counters.hashCode());
    return answers;
  }

  protected String applyOne(Entry entry, String command) {
    int at = command.indexOf('=');
    if (at < 0) {
      return "refused";
    }
    String key = command.substring(0, at);
    long to = Long.parseLong(command.substring(at + 1).strip());
    long now = counters.getOrDefault(key, 0L);
    if (now == to - 1) {
      counters.put(key, to);
    }
    return Long.toString(counters.getOrDefault(key, 0L));
  }

  public synchronized long get(String key) {
    return counters.getOrDefault(key, 0L);
  }

  public synchronized Map<String, Long> all() {
    return new TreeMap<>(counters);
  }

  protected void put(String key, long value) {
    counters.put(key, value);
  }

  @Override
  public synchronized Capture capture() {
    Map<String, Long> copy = new TreeMap<>(counters);
    Position at = applied;
    return new Capture() {
      @Override
      public Position position() {
        return at;
      }

      @Override
      public void write() throws IOException {
        save(file, at, copy);
        synchronized (CounterMachine.this) {
          durable = at;
        }
      }
    };
  }

  @Override
  public Position writeCheckpoint(Path directory) throws IOException {
    Files.copy(file, directory.resolve("counters"));
    Files.createDirectories(directory.resolve("more"));
    Files.writeString(directory.resolve("more").resolve("empty"), "");
    Files.write(directory.resolve("large.md5"), new byte[3 << 20]);
    return recovered();
  }

  @Override
  public synchronized Position install(Path directory) throws IOException {
    if (Files.size(directory.resolve("large.md5")) != 3 << 20
        || !Files.exists(directory.resolve("more/empty"))) {
      throw new IOException("checkpoint not whole");
    }
    Files.write(file, Files.readAllBytes(directory.resolve("counters")));
    counters = new TreeMap<>();
    durable = load(file);
    applied = durable;
    return durable;
  }

  @Override
  public void onLeadership(Leadership leadership) {
    leaderships.add(leadership);
  }

  private static void save(Path file, Position at, Map<String, Long> counters) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(at.term() + " " + at.index() + " " + at.logTimeMs() + "\n");
    counters.forEach((k, v) -> text.append(k + "=" + v + "\n"));
    Path fresh = file.resolveSibling("counters.new");
    Files.writeString(fresh, text);
    Files.move(
        fresh,
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private Position load(Path from) throws IOException {
    List<String> lines = Files.readAllLines(from);
    Map<String, Long> read = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split("=");
      read.put(parts[0], Long.parseLong(parts[1]));
    }
    counters.putAll(read);
    String[] at = lines.getFirst().split(" ");
    return new Position(Long.parseLong(at[0]), Long.parseLong(at[1]), Long.parseLong(at[2]));
  }
}
