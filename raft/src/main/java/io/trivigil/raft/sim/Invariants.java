package io.trivigil.raft.sim;

import io.trivigil.raft.Entry;
import io.trivigil.raft.StateMachine;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What must be equal at equal index on all nodes: the log's time, the answers, the state.
final class Invariants {
  private final SimulatedCluster cluster;
  private @Nullable ToLongFunction<StateMachine> stateHash;

  Invariants(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  void watch(ToLongFunction<StateMachine> hash) {
    stateHash = hash;
  }

  /// The same entry must look the same on every node.
  void compare(SimulatedNode node, Slot slot, Entry entry, List<byte[]> answers) {
    if (answers.size() != entry.commands().size()) {
      throw cluster.failure(
          "%s gave %d answers to %d commands at index %d"
              .formatted(node.id(), answers.size(), entry.commands().size(), slot.index));
    }
    int answersHash = 1;
    for (byte[] answer : answers) {
      answersHash = 31 * answersHash + Arrays.hashCode(answer);
    }
    long state = stateHash == null ? 0 : stateHash.applyAsLong(node.machine());
    if (!slot.seen) {
      slot.seen = true;
      slot.logTimeMs = entry.logTimeMs();
      slot.answersHash = answersHash;
      slot.stateHash = state;
    } else if (slot.logTimeMs != entry.logTimeMs()) {
      throw cluster.failure(
          "log time differs at index %d: %s has %d, another had %d"
              .formatted(slot.index, node.id(), entry.logTimeMs(), slot.logTimeMs));
    } else if (slot.answersHash != answersHash) {
      throw cluster.failure("answers differ at index %d on %s".formatted(slot.index, node.id()));
    } else if (slot.stateHash != state) {
      throw cluster.failure("state differs at index %d on %s".formatted(slot.index, node.id()));
    }
  }

  /// A linearizable read must see what was committed before it began.
  ///
  /// @param committed the last index that was committed anywhere when the read began
  /// @param index what the read says it covers
  void read(SimulatedNode node, long committed, long index) {
    if (index < committed || node.position().index() < index) {
      throw cluster.failure(
          "%s answers a linearizable read with old data: committed %d, read %d, applied %d"
              .formatted(node.id(), committed, index, node.position().index()));
    }
  }

  /// A state that was recovered or installed must be what the others had at that index.
  void compareState(SimulatedNode node) {
    Consensus consensus = cluster.consensus();
    int behind = consensus.behind(node.position().index());
    if (behind == 0) {
      return;
    }
    Slot slot = consensus.slot(behind - 1);
    if (slot.index != node.position().index() || slot.logTimeMs != node.position().logTimeMs()) {
      throw cluster.failure(
          "%s stands at %s, which is no entry".formatted(node.id(), node.position()));
    }
    if (stateHash != null && slot.stateHash != stateHash.applyAsLong(node.machine())) {
      throw cluster.failure("state differs at index %d on %s".formatted(slot.index, node.id()));
    }
  }
}
