package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class ReadyRouteTest {
  private static final Duration NEVER_OVER = Duration.ofMinutes(10);
  private static final Request QUESTION =
      new Request("GET", "/-/ready", "", Params.NONE, Map.of(), new byte[0], Map.of());

  private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
  private final AtomicBoolean isReady = new AtomicBoolean();

  @Test
  void theQuestionWaitsForTheNodeToBecomeReady() throws Exception {
    ReadyRoute route = new ReadyRoute(NEVER_OVER);
    CompletableFuture<Answer> answer = ask(route); // before there is a node at all
    route.stands(node());
    assertThat(answer).as("the node is not ready yet").isNotDone();
    becomeReady();
    assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  @Test
  void whoWaitedForLongIsToldThatItIsNotReady() throws Exception {
    ReadyRoute route = new ReadyRoute(Duration.ofMillis(1));
    assertThat(status(route)).isEqualTo(503);
    route.stands(node());
    Answer answer = ask(route).get(60, TimeUnit.SECONDS);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry("Retry-After", "1");
    becomeReady();
    assertThat(status(route)).isEqualTo(200);
  }

  @Test
  void aNodeThatWasReadyOnceSaysNoAtOnce() throws Exception {
    ReadyRoute route = new ReadyRoute(NEVER_OVER);
    route.stands(node());
    becomeReady();
    assertThat(status(route)).isEqualTo(200);
    isReady.set(false); // cut off from the others, for instance
    assertThat(status(route)).isEqualTo(503);
  }

  private void becomeReady() {
    isReady.set(true);
    firstReady.complete(null);
  }

  private static int status(ReadyRoute route)
      throws InterruptedException, ExecutionException, TimeoutException {
    return ask(route).get(60, TimeUnit.SECONDS).status();
  }

  private static CompletableFuture<Answer> ask(ReadyRoute route) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("asks")
        .start(
            () -> {
              try {
                answer.complete(route.handle(QUESTION));
              } catch (InterruptedException | RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  private ReadyRoute.Node node() {
    return new ReadyRoute.Node(firstReady, isReady::get, () -> "its files are wrong");
  }
}
