package io.trivigil.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trivigil.promql.script.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Reads the differences that random expressions found, and says which are explained by a change
/// between Prometheus 2.42 and 3.x. Exit code 1 if any is not.
///
/// Usage: `JudgeFuzz LEFT_URL RIGHT_URL FILE…`, while both servers still answer.
public final class JudgeFuzz {
  private JudgeFuzz() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    MemoryStorage samples = RemoteRead.all(args[0], InstantSource.system().millis());
    Judge judge =
        new Judge(
            new HttpServer(args[0]),
            new HttpServer(args[1]),
            new Recorded(samples, new MemoryStorage()));
    ObjectMapper json = new ObjectMapper();
    Map<String, Integer> counts = new TreeMap<>();
    int unexplained = 0;
    for (String file : Arrays.asList(args).subList(2, args.length)) {
      for (String line : Files.readAllLines(Path.of(file))) {
        Difference difference = Difference.of(json.readTree(line));
        switch (judge.judge(difference)) {
          case Judge.Verdict.Explained explained ->
              counts.merge(explained.title(), 1, Integer::sum);
          case Judge.Verdict.Unexplained(String reason) -> {
            unexplained++;
            System.out.printf(
                "unexplained: %s%n  in %s%n  from %s to %s step %s%n  %s%n  %s%n",
                difference.smallest(),
                difference.expression(),
                difference.start(),
                difference.end(),
                difference.step(),
                difference.details(),
                reason);
          }
        }
      }
    }
    for (Change change : Change.values()) {
      System.out.printf("%s: %s%n", change.title, change.reason);
    }
    counts.forEach((title, count) -> System.out.printf("%6d  %s%n", count, title));
    System.out.printf("%d differences unexplained%n", unexplained);
    System.exit(unexplained == 0 ? 0 : 1);
  }
}
