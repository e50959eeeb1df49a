package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.node.failopen.FailOpen;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.NoQuorumException;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsistencyTest {
  @Test
  void onlyALinearizableReadIsConfirmed() throws Exception {
    AtomicLong asked = new AtomicLong();
    CompletableFuture<Long> confirmed = CompletableFuture.completedFuture(17L);
    for (String query : List.of("", "consistency=", "consistency=local")) {
      Consistency.await(
          Params.parse(query),
          () -> {
            asked.incrementAndGet();
            return confirmed;
          });
    }
    assertThat(asked).hasValue(0);
    Consistency.await(
        Params.parse("consistency=linearizable"),
        () -> {
          asked.incrementAndGet();
          return confirmed;
        });
    assertThat(asked).hasValue(1);
  }

  @Test
  void whatNobodyConfirmsIsUnavailableAndAnotherWordIsRefused() {
    assertThatThrownBy(
            () ->
                Consistency.await(
                    Params.parse("consistency=linearizable"),
                    () -> CompletableFuture.failedFuture(new NoQuorumException("no leader"))))
        .hasMessage("not confirmed by a majority: no leader");
    assertThatThrownBy(
            () -> Consistency.await(Params.parse("consistency=strong"), CompletableFuture::new))
        .hasMessage(
            "invalid parameter \"consistency\": \"strong\" is neither local nor linearizable");
  }

  /// A node that knows what the test says, and nothing else.
  private static Backend backend(boolean ready, CompletableFuture<Long> confirmation) {
    LogStatus log =
        new LogStatus("n1", "n2", 3, LogStatus.Role.FOLLOWER, false, 17, 19, 1, 1, List.of());
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "log" -> log;
                  case "appliedIndex" -> 17L;
                  case "ready" -> ready;
                  case "freshnessMs" -> 250L;
                  case "failOpen" -> new FailOpen.Status(FailOpen.State.QUORUM, 0, false, false);
                  case "damage" -> List.of();
                  case "linearizable" -> confirmation;
                  default -> throw new AssertionError(method.getName());
                });
  }

  private static Answer ask(Backend backend, String query) throws InterruptedException {
    Request request =
        new Request(
            "GET", "/api/v1/query", query, Params.parse(query), Map.of(), new byte[0], Map.of());
    return new Api(backend).wrap(_ -> Api.Data.of(json -> json.value("data"))).handle(request);
  }

  @Test
  void everyAnswerSaysHowFreshItIs() throws Exception {
    CompletableFuture<Long> none = CompletableFuture.failedFuture(new NoQuorumException("alone"));
    Answer good = ask(backend(true, none), "");
    assertThat(good.status()).isEqualTo(200);
    Answer refused = ask(backend(true, none), "consistency=linearizable");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.headers()).containsEntry("Retry-After", "1");
    Answer wrong = ask(backend(true, none), "consistency=quorum");
    assertThat(wrong.status()).isEqualTo(400);
    for (Answer answer : List.of(good, refused, wrong)) {
      assertThat(answer.headers())
          .containsEntry("X-Trivigil-Applied-Index", "17")
          .containsEntry("X-Trivigil-Freshness-Ms", "250");
    }
    Answer late = ask(backend(false, none), "");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    late.body().writeTo(body);
    assertThat(body.toString(StandardCharsets.UTF_8))
        .contains("node n1 is not up to date: applied 17, committed 19");
  }
}
