package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
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
  private final RatisConfig config;
  private final Hearing hearing;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  private final Object lock = new Object();
  private final Map<String, RaftPeer> joining = new HashMap<>(); // by node id
  private final Map<String, Long> leaving = new LinkedHashMap<>(); // when asked, nanoseconds
  private final Map<String, String> failures = new HashMap<>(); // of the last try, by node id

  Membership(
      RatisConfig config,
      Hearing hearing,
      RaftServer server,
      RaftServer.Division division,
      ScheduledExecutorService timer) {
    this.config = config;
    this.hearing = hearing;
    this.server = server;
    this.division = division;
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// When a node was heard of, whoever leads: a new leader knows nothing of the others by Raft.
  ///
  /// @param nanoTicker elapsed time
  /// @param silentMs for how long a node, by id, has not answered, ms
  record Hearing(LongSupplier nanoTicker, ToLongFunction<String> silentMs) {}

  /// The verdict on a wish to join, and why.
  record Reception(Verdict verdict, String reason) {}

  private boolean leads() {
    return division.getInfo().isLeader() && division.getInfo().isLeaderReady();
  }

  /// Notes that an incarnation wishes to join. Only a leader says [Verdict#WELCOME].
  Reception join(Question wish) {
    if (!leads()) {
      return new Reception(Verdict.NOT_NOW, "this node does not lead");
    }
    RaftConfiguration conf = division.getRaftConf();
    RaftPeer same = sameNode(conf.getAllPeers(), wish.nodeId());
    if (same != null && same.getId().toString().equals(wish.peerId())) {
      return new Reception(Verdict.WELCOME, "a voter already");
    }
    Optional<String> objection = same == null ? objection(wish) : Optional.empty();
    if (objection.isPresent()) {
      return new Reception(Verdict.REFUSED, objection.get());
    }
    if (same != null
        && (same.getId().equals(server.getId())
            || NodeStatus.silentMs(division, same.getId()) < NodeStatus.SILENT_MS)) {
      return new Reception(
          Verdict.NOT_NOW, "node %s is alive as %s".formatted(wish.nodeId(), same.getId()));
    }
    RaftPeer peer =
        RaftPeer.newBuilder()
            .setId(wish.peerId())
            .setAddress(wish.address())
            .setStartupRole(RaftPeerRole.FOLLOWER)
            .build();
    String failure;
    synchronized (lock) {
      joining.put(wish.nodeId(), peer);
      failure = failures.getOrDefault(wish.nodeId(), "");
    }
    return new Reception(
        Verdict.WELCOME,
        failure.isEmpty() ? "catching up" : "catching up; the last try failed: " + failure);
  }

  /// Why a node that is no member can not become one.
  private Optional<String> objection(Question wish) {
    if (wish.kind() != Kind.ENTER) {
      return Optional.of(
          "node %s is not a member of cluster \"%s\": empty its directory and start it with"
                  .formatted(wish.nodeId(), wish.clusterName())
              + " --cluster.join to add it");
    }
    boolean loopback = isLoopback(wish.address());
    if (isLoopback(config.self().address()) && !loopback) {
      return Optional.of(
          "node %s has the cluster address %s, which other machines can not reach: restart it with"
                  .formatted(config.nodeId(), config.self().address())
              + " --cluster.peers=%s=HOST:PORT".formatted(config.nodeId()));
    }
    if (loopback && !isLoopback(config.self().address())) {
      return Optional.of(
          "node %s has the cluster address %s, which other machines can not reach: give it another"
                  .formatted(wish.nodeId(), wish.address())
              + " in its --cluster.peers");
    }
    return Optional.empty();
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.")
        || address.startsWith("localhost:")
        || address.startsWith("[::1]");
  }

  private boolean lives(RaftPeerId peer, long withinMs) {
    return peer.equals(server.getId())
        || hearing.silentMs().applyAsLong(PeerNames.nodeId(peer)) < withinMs;
  }

  /// Whether this node, as a leader that a majority hears, knows that an incarnation is no member.
  boolean knowsAsRemoved(String peerId) {
    if (!leads()) {
      return false;
    }
    Collection<RaftPeer> peers = division.getRaftConf().getAllPeers();
    long heard = peers.stream().filter(peer -> lives(peer.getId(), NodeStatus.SILENT_MS)).count();
    return heard * 2 > peers.size()
        && peers.stream().noneMatch(peer -> peer.getId().toString().equals(peerId));
  }

  /// Notes that a node shall be removed. Only a leader says [Verdict#WELCOME]: it will be done.
  Reception remove(String nodeId) {
    if (!leads()) {
      return new Reception(Verdict.NOT_NOW, "this node does not lead");
    }
    Collection<RaftPeer> peers = division.getRaftConf().getAllPeers();
    RaftPeer target = sameNode(peers, nodeId);
    if (target == null) {
      return new Reception(Verdict.REFUSED, "node %s is not a member".formatted(nodeId));
    }
    if (peers.size() == 1) {
      return new Reception(Verdict.REFUSED, "node %s is the only member".formatted(nodeId));
    }
    List<RaftPeer> others = without(peers, target);
    long live = live(others, NodeStatus.SILENT_MS);
    long needed = others.size() / 2 + 1L;
    if (live < needed) {
      return new Reception(
          Verdict.REFUSED,
          "without node %s there would be no quorum: of the other %d members %d live, and %d are needed"
              .formatted(nodeId, others.size(), live, needed));
    }
    if (target.getId().equals(server.getId())) {
      return new Reception(Verdict.NOT_NOW, "node %s leads".formatted(nodeId));
    }
    synchronized (lock) {
      leaving.putIfAbsent(nodeId, hearing.nanoTicker().getAsLong());
    }
    return new Reception(Verdict.WELCOME, "being removed");
  }

  private long live(List<RaftPeer> peers, long withinMs) {
    return peers.stream().filter(peer -> lives(peer.getId(), withinMs)).count();
  }

  private void look() {
    try {
      if (leads()) {
        release();
        admit();
      } else {
        synchronized (lock) {
          joining.clear();
          leaving.clear();
          failures.clear();
        }
      }
    } catch (IOException | RuntimeException e) {
      // The configuration is changing, or the joining node went away: the next look decides anew.
      LOG.info("membership not changed reason={}", e.toString());
    }
  }

  /// Removes one node, once a majority of the others was heard of after it was asked for: one that
  /// has just died would count as alive otherwise.
  private void release() throws IOException {
    String nodeId;
    long sinceMs;
    synchronized (lock) {
      var waiting = leaving.entrySet().iterator();
      if (!waiting.hasNext()) {
        return;
      }
      Map.Entry<String, Long> first = waiting.next();
      nodeId = first.getKey();
      sinceMs = (hearing.nanoTicker().getAsLong() - first.getValue()) / 1_000_000;
    }
    List<RaftPeer> stay = new ArrayList<>(division.getRaftConf().getAllPeers());
    stay.removeIf(peer -> PeerNames.nodeId(peer.getId()).equals(nodeId));
    boolean heard = live(stay, sinceMs) > stay.size() / 2;
    if (!heard && sinceMs < NodeStatus.SILENT_MS) {
      return;
    }
    synchronized (lock) {
      leaving.remove(nodeId); // who asked asks again until it is out
    }
    if (!heard) {
      return;
    }
    RaftConfiguration conf = division.getRaftConf();
    RaftPeer target = sameNode(conf.getAllPeers(), nodeId);
    if (target != null && !target.getId().equals(server.getId())) {
      List<RaftPeer> voters = without(conf.getAllPeers(), target);
      change(conf, voters);
      LOG.info("member removed peer={} voters={}", target.getId(), voters);
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
      List<RaftPeer> voters = withOwnAddress(without(conf.getAllPeers(), joiner));
      voters.add(joiner);
      String nodeId = PeerNames.nodeId(joiner.getId());
      try {
        change(conf, voters);
      } catch (IOException e) {
        synchronized (lock) {
          failures.put(nodeId, Doorkeeper.plain(String.valueOf(e.getMessage())));
        }
        throw e;
      }
      LOG.info("member has caught up and votes peer={} voters={}", joiner.getId(), voters);
    }
  }

  /// A cluster of one may have been founded at an address that nobody else can reach; the one that
  /// this node listens at now goes into the log with the first change.
  private List<RaftPeer> withOwnAddress(List<RaftPeer> peers) {
    List<RaftPeer> renewed = new ArrayList<>();
    for (RaftPeer peer : peers) {
      renewed.add(
          peer.getId().equals(server.getId())
              ? RaftPeer.newBuilder(peer).setAddress(config.self().address()).build()
              : peer);
    }
    return renewed;
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
