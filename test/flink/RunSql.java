import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Programs on standard input, one a line: `plan` or `run`, then its statements, all between tabs and with \n for a line
 * break; the last statement is a query. Each has a database of its own. Then, on standard output, a line a program in
 * their order, `ok`, or `error` and the messages; and, between tabs, the changes of all that run, in one job: the number of
 * the program, `+I|-U|+U|-D`, the values of a row and how often it is there.
 */
public class RunSql {
  private static final String VALUE = "\u001f";

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    configuration.setString("table.local-time-zone", "UTC");
    StreamExecutionEnvironment streams = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    StreamTableEnvironment tables = StreamTableEnvironment.create(streams);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<DataStream<String>> answers = new ArrayList<>();
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
      try {
        DataStream<String> answer = answer(tables, number, line.split("\t"));
        if (answer != null) answers.add(answer);
        System.out.println("ok");
      } catch (Throwable error) {
        StringBuilder messages = new StringBuilder();
        for (Throwable each = error; each != null; each = each.getCause()) messages.append(each.getMessage()).append('\n');
        System.out.println("error\t" + escaped(messages.toString()));
      }
    }
    if (!answers.isEmpty()) {
      DataStream<String> all = answers.get(0);
      for (DataStream<String> each : answers.subList(1, answers.size())) all = all.union(each);
      try (CloseableIterator<String> changes = all.executeAndCollect()) {
        while (changes.hasNext()) System.out.print(changes.next() + "\t");
      }
    }
    System.out.println();
    System.exit(0);
  }

  private static DataStream<String> answer(StreamTableEnvironment tables, int number, String[] program) {
    tables.executeSql("CREATE DATABASE p" + number);
    tables.executeSql("USE p" + number);
    for (int i = 1; i < program.length - 1; i++) tables.executeSql(unescaped(program[i]));
    String query = unescaped(program[program.length - 1]);
    if (program[0].equals("plan")) {
      tables.explainSql(query);
      return null;
    }
    // Counted by all columns: of updates of other queries Flink may leave the row out that goes.
    Table answered = tables.sqlQuery(query);
    tables.createTemporaryView("answered", answered);
    String columns =
        answered.getResolvedSchema().getColumnNames().stream()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    Table counted = tables.sqlQuery("SELECT " + columns + ", COUNT(*) FROM answered GROUP BY " + columns);
    return tables.toChangelogStream(counted).map(row -> textOf(number, row)).returns(Types.STRING);
  }

  private static String textOf(int number, Row row) {
    StringBuilder text = new StringBuilder().append(number).append(VALUE).append(row.getKind().shortString());
    for (int i = 0; i < row.getArity(); i++) text.append(VALUE).append(escaped(String.valueOf(row.getField(i))));
    return text.toString();
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') plain.append(c);
      else {
        char next = text.charAt(++i);
        plain.append(next == 'n' ? '\n' : next == 't' ? '\t' : next);
      }
    }
    return plain.toString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
  }
}
