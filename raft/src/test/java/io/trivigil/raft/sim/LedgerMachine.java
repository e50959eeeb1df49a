package io.trivigil.raft.sim;

import io.trivigil.raft.Entry;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A machine for simulations: notes at which index each command took effect, and how often it did.
/// A command that comes again changes nothing and gets the answer of the first time. The disk is a
/// record that outlives the machine.
class LedgerMachine implements StateMachine {

  /// What is durable of one node.
  static final class Disk {
    Position position = Position.NOTHING;
    Map<String, String> effects = new TreeMap<>();
    long hash;
  }

  private final Disk disk;
  protected Map<String, String> effects;
  protected long hash;
  protected Position position;
  private Leadership leadership = new Leadership(0, "", false);
  Runnable whenReady = () -> {};

  LedgerMachine(Disk disk) {
    this.disk = disk;
    this.effects = new TreeMap<>(disk.effects);
    this.hash = disk.hash;
    this.position = disk.position;
  }

  Leadership leadership() {
    return leadership;
  }

  long hash() {
    return hash;
  }

  /// `index*times` of the command, or nothing.
  String effect(String command) {
    return effects.getOrDefault(command, "");
  }

  @Override
  public Position recovered() {
    return disk.position;
  }

  @Override
  public List<byte[]> apply(Entry entry) {
    if (entry.index() <= position.index() || entry.logTimeMs() < position.logTimeMs()) {
      throw new IllegalStateException("log goes back: " + entry + " after " + position);
    }
    List<byte[]> answers = new ArrayList<>();
    for (byte[] command : entry.commands()) {
      String name = new String(command, StandardCharsets.UTF_8);
      answers.add(take(name, entry).getBytes(StandardCharsets.UTF_8));
    }
    position = Position.of(entry);
    return answers;
  }

  protected String take(String command, Entry entry) {
    String before = effects.get(command);
    if (before != null) {
      return before;
    }
    String effect = entry.index() + "*1";
    effects.put(command, effect);
    hash = 31 * hash + command.hashCode() + entry.index();
    return effect;
  }

  protected Map<String, String> captured() {
    return new TreeMap<>(effects);
  }

  @Override
  public Capture capture() {
    Map<String, String> copy = captured();
    long hashThen = hash;
    Position then = position;
    return new Capture() {
      @Override
      public Position position() {
        return then;
      }

      @Override
      public void write() {
        disk.effects = new TreeMap<>(copy);
        disk.hash = hashThen;
        disk.position = then;
      }
    };
  }

  @Override
  public Position writeCheckpoint(Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d %d %d %d\n"
            .formatted(
                disk.position.term(), disk.position.index(), disk.position.logTimeMs(), disk.hash));
    disk.effects.forEach((k, v) -> text.append(k).append(' ').append(v).append('\n'));
    Files.writeString(directory.resolve("ledger"), text);
    return disk.position;
  }

  @Override
  public Position install(Path directory) throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("ledger"));
    String[] at = lines.getFirst().split(" ");
    disk.effects = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split(" ");
      disk.effects.put(parts[0], parts[1]);
    }
    disk.hash = Long.parseLong(at[3]);
    disk.position =
        new Position(Long.parseLong(at[0]), Long.parseLong(at[1]), Long.parseLong(at[2]));
    effects = new TreeMap<>(disk.effects);
    hash = disk.hash;
    position = disk.position;
    return position;
  }

  @Override
  public void onLeadership(Leadership now) {
    leadership = now;
    if (now.ready()) {
      whenReady.run();
    }
  }
}
