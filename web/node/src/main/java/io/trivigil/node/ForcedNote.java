package io.trivigil.node;

import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.ratis.ForcedStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the cluster, once, that this node was forced to go on without its quorum: it becomes an
/// event. Until then the start's own note stays on the disk. Confined to the configuration's
/// thread.
final class ForcedNote {
  private static final Logger LOG = LoggerFactory.getLogger(ForcedNote.class);

  private final String nodeId;
  private final ConfigMachine machine;
  private final ConfigThread thread;
  private final Path logDirectory;

  ForcedNote(String nodeId, ConfigMachine machine, ConfigThread thread, Path logDirectory) {
    this.nodeId = nodeId;
    this.machine = machine;
    this.thread = thread;
    this.logDirectory = logDirectory;
  }

  /// Tells it, and again until it is known. Nothing is done where there is nothing to tell.
  void tell(ReplicatedLog to) {
    Optional<String> detail = untold();
    if (detail.isEmpty()) {
      return;
    }
    if (!machine.view().has(FeatureLevel.TWO)) {
      thread.later(() -> tell(to)); // the level rises when the others have come back
      return;
    }
    String text = detail.get();
    String told = text.substring(0, Math.min(text.length(), ConfigCommand.MAX_DETAIL));
    thread.propose(
        to,
        0,
        new ConfigCommand.Forced(nodeId, told),
        answer -> {
          if (answer.orElse(null) instanceof ConfigAnswer.Accepted) {
            LOG.warn("this node was forced to go on without its quorum detail=\"{}\"", told);
            forget();
          } else {
            thread.later(() -> tell(to));
          }
        });
  }

  private Optional<String> untold() {
    try {
      return ForcedStart.untold(logDirectory);
    } catch (IOException e) {
      LOG.warn("what the forced start gave up can not be read", e);
      return Optional.empty();
    }
  }

  private void forget() {
    try {
      ForcedStart.told(logDirectory);
    } catch (IOException e) {
      LOG.warn("the note of the forced start stays, it is told again after a restart", e);
    }
  }
}
