package io.trivigil.raft.ratis;

import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a data directory before Ratis does: whose it is, and whether all of it is still there.
///
/// A directory whose Raft state is lost, wholly or in part, gets a new incarnation: the node's
/// votes and acknowledgements are lost with it, so it may not vote in the name that gave them.
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String REMOVED = "removed";
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

  private final RatisConfig config;
  private final Supplier<UUID> incarnations;

  DataDirectory(RatisConfig config, Supplier<UUID> incarnations) {
    this.config = config;
    this.incarnations = incarnations;
  }

  /// The identity under which this node may start. What is made or changed is durable on return.
  ///
  /// @throws LogHaltedException if the directory belongs to another node or cluster
  Identity identity(Position recovered) throws IOException {
    refuseIfRemoved();
    if (Files.exists(config.directory().resolve(ForcedStart.JOURNAL))) {
      throw new LogHaltedException(
          "a forced start was begun and not finished: run force-survivor again directory="
              + config.directory());
    }
    Files.createDirectories(raft());
    Identity identity = Identity.read(config.directory()).orElse(null);
    if (identity == null) {
      return renewed("directory is new");
    }
    if (!identity.clusterName().equals(config.clusterName())) {
      throw new LogHaltedException(
          "node %s belongs to cluster \"%s\", not \"%s\": directory=%s"
              .formatted(
                  config.nodeId(),
                  identity.clusterName(),
                  config.clusterName(),
                  config.directory()));
    }
    if (!identity.nodeId().equals(config.nodeId())) {
      throw new LogHaltedException(
          "directory belongs to node %s, not %s: directory=%s"
              .formatted(identity.nodeId(), config.nodeId(), config.directory()));
    }
    if (identity.group().isEmpty()) {
      Checkpoints.delete(raft()); // a group that was being joined when the node died
      Files.createDirectories(raft());
      return identity;
    }
    Optional<String> lost = lost(identity.group().get(), recovered);
    return lost.isPresent() ? renewed(lost.get()) : identity;
  }

  private void refuseIfRemoved() throws IOException {
    Path mark = config.directory().resolve(REMOVED);
    if (Files.exists(mark)) {
      throw new NodeRemovedException(
          Files.readString(mark).strip() + " directory=" + config.directory());
    }
  }

  /// Remembers that the cluster removed this node, so that it does not start again with what it
  /// holds, whom it can reach or not.
  static void markRemoved(Path directory, String reason) {
    try {
      Checkpoints.writeDurably(directory.resolve(REMOVED), reason + "\n");
    } catch (IOException e) {
      LOG.warn("removal not noted reason={}", e.toString());
    }
  }

  private Identity renewed(String reason) throws IOException {
    Identity fresh = Identity.blank(config.nodeId(), config.clusterName(), incarnations.get());
    fresh.write(config.directory());
    Checkpoints.delete(raft());
    Files.createDirectories(raft());
    LOG.info("node begins a new incarnation peer={} reason={}", fresh.peerId(), reason);
    return fresh;
  }

  /// Why the Raft state of the group can not be relied on, if so.
  private Optional<String> lost(UUID group, Position recovered) throws IOException {
    Path current = current(group);
    if (!Files.exists(current.resolve("raft-meta"))) {
      return Optional.of("Raft's votes are lost");
    }
    long first = Long.MAX_VALUE;
    try (Stream<Path> files = Files.list(current)) {
      for (Path file : files.toList()) {
        Matcher segment = SEGMENT.matcher(file.getFileName().toString());
        if (segment.matches()) {
          first = Math.min(first, Long.parseLong(segment.group(1)));
        }
      }
    }
    if (first != Long.MAX_VALUE && first > recovered.index() + 1) {
      return Optional.of(
          "the state is lost: recovered_index=%d first_index_of_log=%d"
              .formatted(recovered.index(), first));
    }
    return Optional.empty();
  }

  private Path raft() {
    return config.directory().resolve(RatisSettings.LOG_DIRECTORY);
  }

  private Path current(UUID group) {
    return raft().resolve(group.toString()).resolve("current");
  }

  /// Bytes of log on disk.
  long logBytes(UUID group) {
    long sum = 0;
    try (Stream<Path> files = Files.list(current(group))) {
      for (Path file : files.toList()) {
        sum += file.toFile().length(); // 0 where it was purged meanwhile
      }
    } catch (IOException e) {
      LOG.debug("log directory not readable reason={}", e.toString());
    }
    return sum;
  }
}
