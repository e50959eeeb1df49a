package io.trivigil.node;

import io.trivigil.raft.Entry;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A node's machine, watched; and tampered with, where a night is to go wrong.
final class WatchedMachine implements StateMachine {
  /// The whole state is compared at every so many indexes.
  private static final int COMPARED_EVERY = 8;

  private final SimNode node;
  private final Tampering tampering;
  private final Watch watch;
  private long index;

  WatchedMachine(SimNode node, Tampering tampering, Watch watch) {
    this.node = node;
    this.tampering = tampering;
    this.watch = watch;
    this.index = node.machine().recovered().index();
  }

  SimNode node() {
    return node;
  }

  @Override
  public Position recovered() {
    return tampering.recovered(node.machine().recovered());
  }

  @Override
  public List<byte[]> apply(Entry entry) {
    NodeMachine machine = node.machine();
    Entry given = tampering.entry(machine, entry);
    boolean isNew = watch.isNew(entry);
    var before = isNew ? machine.alertmanager().view() : null;
    List<byte[]> answers = new ArrayList<>(machine.apply(given));
    while (answers.size() < entry.commands().size()) {
      answers.add(new byte[0]);
    }
    index = entry.index();
    if (before != null) {
      watch.entry(machine, entry, answers, before);
    }
    return answers;
  }

  /// The state by content, at some indexes; equal on all nodes.
  long hash() {
    if (index % COMPARED_EVERY != 0) {
      return 0;
    }
    long[] hash = {17};
    node.machine()
        .sections()
        .forEach(
            (domain, sections) ->
                sections.forEach(
                    (name, bytes) ->
                        hash[0] =
                            31 * (31 * hash[0] + (domain + name).hashCode())
                                + Arrays.hashCode(bytes)));
    return index % (8 * COMPARED_EVERY) == 0
        ? 31 * hash[0] + node.machine().storage().checksum()
        : hash[0];
  }

  @Override
  public Capture capture() {
    return node.machine().capture();
  }

  @Override
  public Position writeCheckpoint(Path directory) throws IOException {
    return node.machine().writeCheckpoint(directory);
  }

  @Override
  public Position install(Path directory) throws IOException {
    Position installed = node.machine().install(directory);
    index = installed.index();
    return installed;
  }

  @Override
  public void onLeadership(Leadership leadership) {
    node.machine().onLeadership(leadership);
  }
}
