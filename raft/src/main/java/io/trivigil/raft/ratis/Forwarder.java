package io.trivigil.raft.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The client through which a follower passes entries on to the leader.
///
/// A Ratis client knows the members that it was made with, so a change of members asks for a new
/// one. The old one is closed when nobody uses it any more: closed under an entry that is in
/// flight, it would make its fate unknown. Thread-safe; a private lock guards which client is
/// current and its users.
final class Forwarder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final long RETRY_MS = 100;

  private final RaftServer.Division division;
  private final RaftProperties properties;
  private final Parameters parameters;
  private final Duration timeout;

  private final Object lock = new Object();
  private @Nullable Shared current;
  private boolean closed;

  /// One client and who uses it; guarded by the lock.
  private static final class Shared {
    final RaftClient client;
    final Set<RaftPeerId> members;
    int users;
    boolean retired;

    Shared(RaftClient client, Set<RaftPeerId> members) {
      this.client = client;
      this.members = members;
    }
  }

  /// A client for the length of one use.
  final class Use implements AutoCloseable {
    private final Shared shared;

    private Use(Shared shared) {
      this.shared = shared;
    }

    RaftClient get() {
      return shared.client;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (lock) {
        shared.users--;
        last = shared.retired && shared.users == 0;
      }
      if (last) {
        closeClient(shared);
      }
    }
  }

  /// @param parameters how a connection is secured
  Forwarder(
      RaftServer.Division division,
      RaftProperties properties,
      Parameters parameters,
      Duration timeout) {
    this.division = division;
    this.properties = properties;
    this.parameters = parameters;
    this.timeout = timeout;
  }

  /// A client that knows the members as they are now.
  Use use(@Nullable RaftPeerId leader) throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException("the log is closed");
      }
      Shared shared = current;
      if (shared == null) {
        shared = new Shared(newClient(leader), members());
        current = shared;
      }
      shared.users++;
      return new Use(shared);
    }
  }

  private Set<RaftPeerId> members() {
    Set<RaftPeerId> members = new HashSet<>();
    division.getRaftConf().getAllPeers().forEach(peer -> members.add(peer.getId()));
    return members;
  }

  private RaftClient newClient(@Nullable RaftPeerId leader) {
    Iterable<RaftPeer> peers = division.getRaftConf().getAllPeers();
    int retries = Math.toIntExact(timeout.toMillis() / 2 / RETRY_MS);
    RaftClient.Builder builder =
        RaftClient.newBuilder()
            .setProperties(properties)
            .setParameters(parameters)
            .setRaftGroup(RaftGroup.valueOf(division.getMemberId().getGroupId(), peers))
            .setRetryPolicy(
                RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                    retries, TimeDuration.valueOf(RETRY_MS, TimeUnit.MILLISECONDS)));
    if (leader != null) {
      builder.setLeaderId(leader);
    }
    return builder.build();
  }

  /// The next use gets a new client, if the members are others. Called under Ratis' locks.
  void renewIfMembersChanged() {
    Set<RaftPeerId> now = members();
    boolean changed;
    synchronized (lock) {
      Shared shared = current;
      changed = shared != null && !shared.members.equals(now);
    }
    if (changed) {
      renew();
    }
  }

  /// The next use gets a new client.
  void renew() {
    Shared old;
    boolean unused;
    synchronized (lock) {
      old = current;
      current = null;
      unused = old != null && old.users == 0;
      if (old != null) {
        old.retired = true;
      }
    }
    if (old != null && unused) {
      closeClient(old);
    }
  }

  /// Closes on a thread of its own: it may take a while, and the caller may hold locks.
  private static void closeClient(Shared old) {
    Thread.ofVirtual()
        .name("raft-client-close")
        .start(
            () -> {
              try {
                old.client.close();
              } catch (IOException e) {
                LOG.debug("client not closed in order reason={}", e.toString());
              }
            });
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    renew();
  }
}
