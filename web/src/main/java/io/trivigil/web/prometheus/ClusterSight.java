package io.trivigil.web.prometheus;

import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonReader;
import io.trivigil.web.json.JsonValue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// The whole cluster as this node sees it: what the log knows, and what members say of themselves
/// over HTTP where the log knows nothing (a follower hears of the leader alone). Thread-safe: a
/// private lock guards the answers, which are kept for a second.
public final class ClusterSight {
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final long LIVE_MS = 3_000;

  private final Backend backend;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1).build();
  private final Object lock = new Object();
  private Map<String, Long> heard = Map.of();
  private boolean asked;
  private long askedNanos;

  public ClusterSight(Backend backend, InstantSource clock, LongSupplier nanoTicker) {
    this.backend = backend;
    this.clock = clock;
    this.nanoTicker = nanoTicker;
  }

  /// What was seen.
  ///
  /// @param leader empty when unknown
  /// @param state `quorum`, `no-quorum` or `fail-open`
  public record Seen(String self, String leader, long term, String state, List<Node> nodes) {
    public Seen {
      nodes = List.copyOf(nodes);
    }
  }

  /// One member.
  ///
  /// @param url empty when unknown
  /// @param appliedIndex -1 when unknown
  /// @param lagMs how long ago it was last heard of; for this node, how old its newest entry is; -1
  ///   when unknown
  public record Node(
      String id,
      String role,
      String address,
      String url,
      long appliedIndex,
      long lagMs,
      boolean live) {}

  /// Looks at all members; asks those of whom nothing is known.
  public Seen look() {
    LogStatus log = backend.log();
    Map<String, String> urls = backend.urls();
    Map<String, Long> answers = ask(log, urls);
    List<Node> nodes = new ArrayList<>();
    for (LogStatus.Member member : log.members()) {
      boolean self = member.id().equals(log.self());
      boolean answered = answers.containsKey(member.id());
      long index =
          self
              ? log.appliedIndex()
              : Math.max(member.matchIndex(), answers.getOrDefault(member.id(), -1L));
      long lagMs =
          self ? Math.max(0, clock.millis() - log.logTimeMs()) : answered ? 0 : member.lastSeenMs();
      boolean live =
          self || answered || (member.lastSeenMs() >= 0 && member.lastSeenMs() < LIVE_MS);
      String role =
          member.id().equals(log.leaderId()) ? "leader" : member.voting() ? "follower" : "listener";
      if (self && log.role() == LogStatus.Role.CANDIDATE) {
        role = "candidate";
      }
      nodes.add(
          new Node(
              member.id(),
              role,
              member.address(),
              urls.getOrDefault(member.id(), ""),
              index,
              lagMs,
              live));
    }
    String state =
        switch (backend.failOpen().state()) {
          case FAIL_OPEN -> "fail-open";
          case QUORUM, NO_QUORUM -> log.leaderId().isEmpty() ? "no-quorum" : "quorum";
        };
    return new Seen(log.self(), log.leaderId(), log.term(), state, nodes);
  }

  private Map<String, Long> ask(LogStatus log, Map<String, String> urls) {
    synchronized (lock) {
      long now = nanoTicker.getAsLong();
      if (asked && now - askedNanos < FRESH_NANOS) {
        return heard;
      }
      Map<String, CompletableFuture<Optional<Long>>> open = new HashMap<>();
      for (LogStatus.Member member : log.members()) {
        String url = urls.getOrDefault(member.id(), "");
        if (!member.id().equals(log.self()) && !url.isEmpty()) {
          open.put(member.id(), ask(url));
        }
      }
      Map<String, Long> answers = new HashMap<>();
      open.forEach((id, future) -> future.join().ifPresent(index -> answers.put(id, index)));
      heard = Map.copyOf(answers);
      asked = true;
      askedNanos = nanoTicker.getAsLong();
      return heard;
    }
  }

  private CompletableFuture<Optional<Long>> ask(String url) {
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(URI.create(url + "/api/v1/cluster/self")).timeout(TIMEOUT).build();
    } catch (IllegalArgumentException _) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .thenApply(ClusterSight::index)
        .exceptionally(_ -> Optional.empty());
  }

  private static Optional<Long> index(HttpResponse<byte[]> response) {
    if (response.statusCode() == 401) {
      return Optional.of(-1L); // it lives, but wants a log-in
    }
    try {
      JsonValue.Fields data =
          JsonReader.read(response.body())
              .object("answer")
              .value("data")
              .orElseThrow()
              .object("data");
      return switch (data.value("appliedIndex").orElseThrow()) {
        case JsonValue.Numeral(String text) -> Optional.of(Long.valueOf(text));
        default -> Optional.empty();
      };
    } catch (JsonException | java.util.NoSuchElementException | NumberFormatException _) {
      return Optional.empty();
    }
  }
}
