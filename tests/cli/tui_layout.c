#include "support.h"

#include "cli/tui_layout.h"

static void panes_beside_each_other_fill_the_terminal(void **state)
{
	struct tui_area a[TUI_PANES];

	(void)state;
	for (unsigned rows = 16; rows < 200; rows++)
		for (unsigned columns = 60; columns < 300; columns++) {
			tui_layout(rows, columns, TUI_LIST, a);
			assert_int_equal(a[TUI_FOLDERS].rows, rows - 3);
			assert_int_equal(a[TUI_LIST].rows + 1 + a[TUI_PREVIEW].rows, rows - 3);
			assert_int_equal(a[TUI_PREVIEW].row, a[TUI_LIST].row + a[TUI_LIST].rows + 1);
			assert_int_equal(a[TUI_FOLDERS].columns + 1, a[TUI_LIST].column);
			assert_int_equal(a[TUI_LIST].column + a[TUI_LIST].columns, columns);
			assert_int_equal(a[TUI_PREVIEW].columns, a[TUI_LIST].columns);
			assert_int_equal(a[TUI_HELP].rows, 0);
			assert_true(a[TUI_LIST].rows >= 4 && a[TUI_LIST].columns >= 40);
		}
}

static void where_there_is_no_room_one_pane_is_seen(void **state)
{
	static const struct {
		unsigned rows, columns;
	} sizes[] = { { 15, 200 }, { 24, 59 }, { 8, 30 }, { 4, 1 } };
	struct tui_area a[TUI_PANES];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (enum tui_pane focus = TUI_FOLDERS; focus < TUI_PANES; focus++) {
			tui_layout(sizes[i].rows, sizes[i].columns, focus, a);
			for (enum tui_pane p = TUI_FOLDERS; p < TUI_PANES; p++)
				assert_int_equal(a[p].rows, p == focus ? sizes[i].rows - 3 : 0);
			assert_int_equal(a[focus].columns, sizes[i].columns);
		}
}

static void in_three_rows_no_pane_is_seen(void **state)
{
	struct tui_area a[TUI_PANES];

	(void)state;
	for (unsigned rows = 0; rows <= 3; rows++) {
		tui_layout(rows, 80, TUI_LIST, a);
		assert_int_equal(a[TUI_LIST].rows, 0);
	}
}

static void the_help_is_alone(void **state)
{
	struct tui_area a[TUI_PANES];

	(void)state;
	tui_layout(50, 120, TUI_HELP, a);
	assert_int_equal(a[TUI_HELP].columns, 120);
	assert_int_equal(a[TUI_LIST].rows, 0);
}

static void the_chosen_row_is_seen(void **state)
{
	(void)state;
	for (size_t n = 0; n < 12; n++)
		for (size_t at = 0; at < 14; at++)
			for (size_t top = 0; top < 14; top++)
				for (unsigned seen = 1; seen < 14; seen++) {
					struct tui_rows r = { n, at, top };

					tui_rows_scroll(&r, seen);
					assert_true(!n ? !r.at && !r.top : r.at < n);
					assert_true(r.at >= r.top && r.at < r.top + seen);
					/* All rows that can be seen are. */
					assert_true(r.top + seen <= n || r.top == 0);
					/* It moves no more than it must. */
					if (at < n && at >= top && at < top + seen && top + seen <= n)
						assert_int_equal(r.top, top);
				}
}

static void nothing_moves_where_nothing_is_seen(void **state)
{
	struct tui_rows r = { 10, 7, 3 };

	(void)state;
	tui_rows_scroll(&r, 0);
	assert_int_equal(r.at, 7);
	assert_int_equal(r.top, 3);
}

static void a_text_ends_with_its_last_row(void **state)
{
	struct tui_rows r = { 10, 9, 0 };

	(void)state;
	tui_rows_scroll_text(&r, 4);
	assert_int_equal(r.top, 6);
	assert_int_equal(r.at, 6);
	r.n = 3;
	tui_rows_scroll_text(&r, 4);
	assert_int_equal(r.top, 0);
}

static void the_choice_stops_at_both_ends(void **state)
{
	struct tui_rows r = { 10, 4, 0 };

	(void)state;
	tui_rows_move(&r, -5);
	assert_int_equal(r.at, 0);
	tui_rows_move(&r, 3);
	assert_int_equal(r.at, 3);
	tui_rows_move(&r, 1L << 30);
	assert_int_equal(r.at, 9);
	tui_rows_move(&r, -(1L << 30));
	assert_int_equal(r.at, 0);
	r = (struct tui_rows){ 0, 0, 0 };
	tui_rows_move(&r, 1);
	assert_int_equal(r.at, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_beside_each_other_fill_the_terminal),
		cmocka_unit_test(where_there_is_no_room_one_pane_is_seen),
		cmocka_unit_test(in_three_rows_no_pane_is_seen),
		cmocka_unit_test(the_help_is_alone),
		cmocka_unit_test(the_chosen_row_is_seen),
		cmocka_unit_test(nothing_moves_where_nothing_is_seen),
		cmocka_unit_test(a_text_ends_with_its_last_row),
		cmocka_unit_test(the_choice_stops_at_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
