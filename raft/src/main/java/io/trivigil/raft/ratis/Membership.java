package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does about members: takes in a node's new incarnation without a vote, lets it
/// catch up, then gives it the vote of the dead one. Idle on followers.
///
/// ```
/// joins ──▶ Ratis brings it up to date, outside the configuration ──▶ voter, old incarnation removed
/// ```
///
/// It is one change of the configuration: Ratis stages a new peer until it has caught up and only
/// then writes the configuration. (A detour over a Ratis listener ends badly: a listener is never
/// marked as caught up, so the promoted peer is told "still initializing" until the next change of
/// the leader, and neither votes nor reads.)
///
/// All changes are made on `raft-member-<node>`; a private lock guards who asked to join.
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /// How often the leader looks.
  private static final long LOOK_EVERY_MS = 500;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  private final Object lock = new Object();
  private final Map<String, RaftPeer> joining = new HashMap<>(); // by node id

  Membership(RaftServer server, RaftServer.Division division, ScheduledExecutorService timer) {
    this.server = server;
    this.division = division;
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// The verdict on a wish to join, and why.
  record Reception(Verdict verdict, String reason) {}

  /// Notes that an incarnation wishes to join. Only a leader says [Verdict#WELCOME].
  Reception join(Question wish) {
    if (!division.getInfo().isLeader() || !division.getInfo().isLeaderReady()) {
      return new Reception(Verdict.NOT_NOW, "this node does not lead");
    }
    RaftConfiguration conf = division.getRaftConf();
    RaftPeer same = sameNode(conf.getAllPeers(), wish.nodeId());
    if (same != null && same.getId().toString().equals(wish.peerId())) {
      return new Reception(Verdict.WELCOME, "a voter already");
    }
    if (same == null) {
      return new Reception(Verdict.REFUSED, "node %s is not a member".formatted(wish.nodeId()));
    }
    if (same.getId().equals(server.getId())
        || NodeStatus.silentMs(division, same.getId()) < NodeStatus.SILENT_MS) {
      return new Reception(
          Verdict.NOT_NOW, "node %s is alive as %s".formatted(wish.nodeId(), same.getId()));
    }
    RaftPeer peer =
        RaftPeer.newBuilder()
            .setId(wish.peerId())
            .setAddress(wish.address())
            .setStartupRole(RaftPeerRole.FOLLOWER)
            .build();
    synchronized (lock) {
      joining.put(wish.nodeId(), peer);
    }
    return new Reception(Verdict.WELCOME, "catching up");
  }

  private void look() {
    try {
      if (division.getInfo().isLeader() && division.getInfo().isLeaderReady()) {
        admit();
      } else {
        synchronized (lock) {
          joining.clear();
        }
      }
    } catch (IOException | RuntimeException e) {
      // The configuration is changing, or the joining node went away: the next look decides anew.
      LOG.info("membership not changed reason={}", e.toString());
    }
  }

  /// Takes in one node that asked. Blocks while Ratis brings it up to date.
  private void admit() throws IOException {
    RaftPeer joiner;
    synchronized (lock) {
      var waiting = joining.entrySet().iterator();
      if (!waiting.hasNext()) {
        return;
      }
      joiner = waiting.next().getValue();
      waiting.remove(); // it asks again until it is in
    }
    RaftConfiguration conf = division.getRaftConf();
    if (conf.getPeer(joiner.getId(), RaftPeerRole.FOLLOWER) == null) {
      LOG.info(
          "member joins without a vote peer={} address={}", joiner.getId(), joiner.getAddress());
      List<RaftPeer> voters = without(conf.getAllPeers(), joiner);
      voters.add(joiner);
      change(conf, voters);
      LOG.info("member has caught up and votes peer={} voters={}", joiner.getId(), voters);
    }
  }

  private void change(RaftConfiguration from, List<RaftPeer> voters) throws IOException {
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(List.copyOf(from.getAllPeers()))
            .setServersInNewConf(voters)
            .build();
    RaftClientReply reply =
        server.setConfiguration(
            new SetConfigurationRequest(
                clientId,
                server.getId(),
                division.getMemberId().getGroupId(),
                callIds.incrementAndGet(),
                arguments));
    if (!reply.isSuccess()) {
      throw new IOException("configuration not changed: " + reply.getException());
    }
  }

  private static List<RaftPeer> without(Collection<RaftPeer> peers, RaftPeer node) {
    String nodeId = PeerNames.nodeId(node.getId());
    List<RaftPeer> others = new ArrayList<>(peers);
    others.removeIf(peer -> PeerNames.nodeId(peer.getId()).equals(nodeId));
    return others;
  }

  private static @org.jspecify.annotations.Nullable RaftPeer sameNode(
      Collection<RaftPeer> peers, String nodeId) {
    return peers.stream()
        .filter(peer -> PeerNames.nodeId(peer.getId()).equals(nodeId))
        .findFirst()
        .orElse(null);
  }
}
