/*
 * rop/rop: the id and the index at the beginning of every request and response, by the numbered
 * requirements of [MS-OXCROPS] (messages, transport and properties).
 */
#include "rop_support.h"

#include "heads.h"

static void test_message_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1674 */
	assert_int_equal(request(ROP_OPEN_MESSAGE).p[0], 0x03);
	/* MS-OXCROPS_R1694 */
	assert_int_equal(success(ROP_OPEN_MESSAGE).p[0], 0x03);
	/* MS-OXCROPS_R1696 */
	assert_int_equal(success(ROP_OPEN_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R1738 */
	assert_int_equal(failure(ROP_OPEN_MESSAGE).p[0], 0x03);
	/* MS-OXCROPS_R1740 */
	assert_int_equal(failure(ROP_OPEN_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R1749 */
	assert_int_equal(request(ROP_CREATE_MESSAGE).p[0], 0x06);
	/* MS-OXCROPS_R1766 */
	assert_int_equal(success(ROP_CREATE_MESSAGE).p[0], 0x06);
	/* MS-OXCROPS_R1768 */
	assert_int_equal(success(ROP_CREATE_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R1783 */
	assert_int_equal(failure(ROP_CREATE_MESSAGE).p[0], 0x06);
	/* MS-OXCROPS_R1785 */
	assert_int_equal(failure(ROP_CREATE_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R1794 */
	assert_int_equal(request(ROP_SAVE_CHANGES_MESSAGE).p[0], 0x0C);
	/* MS-OXCROPS_R1808 */
	assert_int_equal(success(ROP_SAVE_CHANGES_MESSAGE).p[0], 0x0C);
	/* MS-OXCROPS_R1810 */
	assert_int_equal(success(ROP_SAVE_CHANGES_MESSAGE).p[1], RESPONSE);
	/* MS-OXCROPS_R1822 */
	assert_int_equal(failure(ROP_SAVE_CHANGES_MESSAGE).p[0], 0x0C);
	/* MS-OXCROPS_R1824 */
	assert_int_equal(failure(ROP_SAVE_CHANGES_MESSAGE).p[1], RESPONSE);
	/* MS-OXCROPS_R1833 */
	assert_int_equal(request(ROP_REMOVE_ALL_RECIPIENTS).p[0], 0x0D);
	/* MS-OXCROPS_R1844 */
	assert_int_equal(success(ROP_REMOVE_ALL_RECIPIENTS).p[0], 0x0D);
	/* MS-OXCROPS_R1846 */
	assert_int_equal(success(ROP_REMOVE_ALL_RECIPIENTS).p[1], INPUT);
	/* MS-OXCROPS_R1854 */
	assert_int_equal(request(ROP_MODIFY_RECIPIENTS).p[0], 0x0E);
	/* MS-OXCROPS_R1885 */
	assert_int_equal(success(ROP_MODIFY_RECIPIENTS).p[0], 0x0E);
	/* MS-OXCROPS_R1887 */
	assert_int_equal(success(ROP_MODIFY_RECIPIENTS).p[1], INPUT);
	/* MS-OXCROPS_R1895 */
	assert_int_equal(request(ROP_READ_RECIPIENTS).p[0], 0x0F);
	/* MS-OXCROPS_R1908 */
	assert_int_equal(success(ROP_READ_RECIPIENTS).p[0], 0x0F);
	/* MS-OXCROPS_R1910 */
	assert_int_equal(success(ROP_READ_RECIPIENTS).p[1], INPUT);
}

static void test_message_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1936 */
	assert_int_equal(failure(ROP_READ_RECIPIENTS).p[0], 0x0F);
	/* MS-OXCROPS_R1938 */
	assert_int_equal(failure(ROP_READ_RECIPIENTS).p[1], INPUT);
	/* MS-OXCROPS_R1947 */
	assert_int_equal(request(ROP_RELOAD_CACHED_INFORMATION).p[0], 0x10);
	/* MS-OXCROPS_R1958 */
	assert_int_equal(success(ROP_RELOAD_CACHED_INFORMATION).p[0], 0x10);
	/* MS-OXCROPS_R1960 */
	assert_int_equal(success(ROP_RELOAD_CACHED_INFORMATION).p[1], INPUT);
	/* MS-OXCROPS_R1988 */
	assert_int_equal(failure(ROP_RELOAD_CACHED_INFORMATION).p[0], 0x10);
	/* MS-OXCROPS_R1990 */
	assert_int_equal(failure(ROP_RELOAD_CACHED_INFORMATION).p[1], INPUT);
	/* MS-OXCROPS_R1999 */
	assert_int_equal(request(ROP_SET_MESSAGE_STATUS).p[0], 0x20);
	/* MS-OXCROPS_R2015 */
	assert_int_equal(success(ROP_SET_MESSAGE_STATUS).p[0], 0x20);
	/* MS-OXCROPS_R2017 */
	assert_int_equal(success(ROP_SET_MESSAGE_STATUS).p[1], INPUT);
	/* MS-OXCROPS_R2027 */
	assert_int_equal(failure(ROP_SET_MESSAGE_STATUS).p[0], 0x20);
	/* MS-OXCROPS_R2029 */
	assert_int_equal(failure(ROP_SET_MESSAGE_STATUS).p[1], INPUT);
	/* MS-OXCROPS_R2038 */
	assert_int_equal(request(ROP_GET_MESSAGE_STATUS).p[0], 0x1F);
	/* MS-OXCROPS_R2051 */
	assert_int_equal(request(ROP_SET_READ_FLAGS).p[0], 0x66);
	/* MS-OXCROPS_R2069 */
	assert_int_equal(success(ROP_SET_READ_FLAGS).p[0], 0x66);
	/* MS-OXCROPS_R2071 */
	assert_int_equal(success(ROP_SET_READ_FLAGS).p[1], INPUT);
	/* MS-OXCROPS_R2082 */
	assert_int_equal(request(ROP_SET_MESSAGE_READ_FLAG).p[0], 0x11);
	/* MS-OXCROPS_R2099 */
	assert_int_equal(success(ROP_SET_MESSAGE_READ_FLAG).p[0], 0x11);
	/* MS-OXCROPS_R2101 */
	assert_int_equal(success(ROP_SET_MESSAGE_READ_FLAG).p[1], RESPONSE);
	/* MS-OXCROPS_R2118 */
	assert_int_equal(failure(ROP_SET_MESSAGE_READ_FLAG).p[0], 0x11);
	/* MS-OXCROPS_R2120 */
	assert_int_equal(failure(ROP_SET_MESSAGE_READ_FLAG).p[1], RESPONSE);
	/* MS-OXCROPS_R2129 */
	assert_int_equal(request(ROP_OPEN_ATTACHMENT).p[0], 0x22);
	/* MS-OXCROPS_R2145 */
	assert_int_equal(success(ROP_OPEN_ATTACHMENT).p[0], 0x22);
	/* MS-OXCROPS_R2147 */
	assert_int_equal(success(ROP_OPEN_ATTACHMENT).p[1], OUTPUT);
}

static void test_message_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2155 */
	assert_int_equal(request(ROP_CREATE_ATTACHMENT).p[0], 0x23);
	/* MS-OXCROPS_R2166 */
	assert_int_equal(success(ROP_CREATE_ATTACHMENT).p[0], 0x23);
	/* MS-OXCROPS_R2168 */
	assert_int_equal(success(ROP_CREATE_ATTACHMENT).p[1], OUTPUT);
	/* MS-OXCROPS_R2178 */
	assert_int_equal(failure(ROP_CREATE_ATTACHMENT).p[0], 0x23);
	/* MS-OXCROPS_R2180 */
	assert_int_equal(failure(ROP_CREATE_ATTACHMENT).p[1], OUTPUT);
	/* MS-OXCROPS_R2189 */
	assert_int_equal(request(ROP_DELETE_ATTACHMENT).p[0], 0x24);
	/* MS-OXCROPS_R2200 */
	assert_int_equal(success(ROP_DELETE_ATTACHMENT).p[0], 0x24);
	/* MS-OXCROPS_R2202 */
	assert_int_equal(success(ROP_DELETE_ATTACHMENT).p[1], INPUT);
	/* MS-OXCROPS_R2210 */
	assert_int_equal(request(ROP_SAVE_CHANGES_ATTACHMENT).p[0], 0x25);
	/* MS-OXCROPS_R2224 */
	assert_int_equal(success(ROP_SAVE_CHANGES_ATTACHMENT).p[0], 0x25);
	/* MS-OXCROPS_R2226 */
	assert_int_equal(success(ROP_SAVE_CHANGES_ATTACHMENT).p[1], RESPONSE);
	/* MS-OXCROPS_R2234 */
	assert_int_equal(request(ROP_OPEN_EMBEDDED_MESSAGE).p[0], 0x46);
	/* MS-OXCROPS_R2250 */
	assert_int_equal(success(ROP_OPEN_EMBEDDED_MESSAGE).p[0], 0x46);
	/* MS-OXCROPS_R2252 */
	assert_int_equal(success(ROP_OPEN_EMBEDDED_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R2285 */
	assert_int_equal(failure(ROP_OPEN_EMBEDDED_MESSAGE).p[0], 0x46);
	/* MS-OXCROPS_R2287 */
	assert_int_equal(failure(ROP_OPEN_EMBEDDED_MESSAGE).p[1], OUTPUT);
	/* MS-OXCROPS_R2296 */
	assert_int_equal(request(ROP_GET_ATTACHMENT_TABLE).p[0], 0x21);
	/* MS-OXCROPS_R2310 */
	assert_int_equal(success(ROP_GET_ATTACHMENT_TABLE).p[0], 0x21);
	/* MS-OXCROPS_R2312 */
	assert_int_equal(success(ROP_GET_ATTACHMENT_TABLE).p[1], OUTPUT);
	/* MS-OXCROPS_R231901 */
	assert_int_equal(request(ROP_GET_VALID_ATTACHMENTS).p[0], 0x52);
	/* MS-OXCROPS_R2327 */
	assert_int_equal(success(ROP_GET_VALID_ATTACHMENTS).p[0], 0x52);
	/* MS-OXCROPS_R2329 */
	assert_int_equal(success(ROP_GET_VALID_ATTACHMENTS).p[1], INPUT);
	/* MS-OXCROPS_R2347 */
	assert_int_equal(failure(ROP_GET_VALID_ATTACHMENTS).p[0], 0x52);
	/* MS-OXCROPS_R2342 */
	assert_int_equal(failure(ROP_GET_VALID_ATTACHMENTS).p[1], INPUT);
}

static void test_transport_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2352 */
	assert_int_equal(request(ROP_SUBMIT_MESSAGE).p[0], 0x32);
	/* MS-OXCROPS_R2363 */
	assert_int_equal(success(ROP_SUBMIT_MESSAGE).p[0], 0x32);
	/* MS-OXCROPS_R2365 */
	assert_int_equal(success(ROP_SUBMIT_MESSAGE).p[1], INPUT);
	/* MS-OXCROPS_R2373 */
	assert_int_equal(request(ROP_ABORT_SUBMIT).p[0], 0x34);
	/* MS-OXCROPS_R2385 */
	assert_int_equal(success(ROP_ABORT_SUBMIT).p[0], 0x34);
	/* MS-OXCROPS_R2387 */
	assert_int_equal(success(ROP_ABORT_SUBMIT).p[1], INPUT);
	/* MS-OXCROPS_R2395 */
	assert_int_equal(request(ROP_GET_ADDRESS_TYPES).p[0], 0x49);
	/* MS-OXCROPS_R2403 */
	assert_int_equal(success(ROP_GET_ADDRESS_TYPES).p[0], 0x49);
	/* MS-OXCROPS_R2405 */
	assert_int_equal(success(ROP_GET_ADDRESS_TYPES).p[1], INPUT);
	/* MS-OXCROPS_R2419 */
	assert_int_equal(failure(ROP_GET_ADDRESS_TYPES).p[0], 0x49);
	/* MS-OXCROPS_R2421 */
	assert_int_equal(failure(ROP_GET_ADDRESS_TYPES).p[1], INPUT);
	/* MS-OXCROPS_R2430 */
	assert_int_equal(request(ROP_SET_SPOOLER).p[0], 0x47);
	/* MS-OXCROPS_R2438 */
	assert_int_equal(success(ROP_SET_SPOOLER).p[0], 0x47);
	/* MS-OXCROPS_R2440 */
	assert_int_equal(success(ROP_SET_SPOOLER).p[1], INPUT);
	/* MS-OXCROPS_R2448 */
	assert_int_equal(request(ROP_SPOOLER_LOCK_MESSAGE).p[0], 0x48);
	/* MS-OXCROPS_R2460 */
	assert_int_equal(success(ROP_SPOOLER_LOCK_MESSAGE).p[0], 0x48);
	/* MS-OXCROPS_R2462 */
	assert_int_equal(success(ROP_SPOOLER_LOCK_MESSAGE).p[1], INPUT);
	/* MS-OXCROPS_R2470 */
	assert_int_equal(request(ROP_TRANSPORT_SEND).p[0], 0x4A);
	/* MS-OXCROPS_R2478 */
	assert_int_equal(success(ROP_TRANSPORT_SEND).p[0], 0x4A);
	/* MS-OXCROPS_R2480 */
	assert_int_equal(success(ROP_TRANSPORT_SEND).p[1], INPUT);
	/* MS-OXCROPS_R4634 */
	assert_int_equal(failure(ROP_TRANSPORT_SEND).p[0], 0x4A);
	/* MS-OXCROPS_R4636 */
	assert_int_equal(failure(ROP_TRANSPORT_SEND).p[1], INPUT);
	/* MS-OXCROPS_R2496 */
	assert_int_equal(request(ROP_TRANSPORT_NEW_MAIL).p[0], 0x51);
	/* MS-OXCROPS_R2513 */
	assert_int_equal(success(ROP_TRANSPORT_NEW_MAIL).p[0], 0x51);
}

static void test_transport_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2515 */
	assert_int_equal(success(ROP_TRANSPORT_NEW_MAIL).p[1], INPUT);
	/* MS-OXCROPS_R2523 */
	assert_int_equal(request(ROP_GET_TRANSPORT_FOLDER).p[0], 0x6D);
	/* MS-OXCROPS_R2531 */
	assert_int_equal(success(ROP_GET_TRANSPORT_FOLDER).p[0], 0x6D);
	/* MS-OXCROPS_R2541 */
	assert_int_equal(failure(ROP_GET_TRANSPORT_FOLDER).p[0], 0x6D);
	/* MS-OXCROPS_R2552 */
	assert_int_equal(request(ROP_OPTIONS_DATA).p[0], 0x6F);
	/* MS-OXCROPS_R2564 */
	assert_int_equal(success(ROP_OPTIONS_DATA).p[0], 0x6F);
	/* MS-OXCROPS_R2566 */
	assert_int_equal(success(ROP_OPTIONS_DATA).p[1], INPUT);
	/* MS-OXCROPS_R4642 */
	assert_int_equal(failure(ROP_OPTIONS_DATA).p[0], 0x6F);
	/* MS-OXCROPS_R4644 */
	assert_int_equal(failure(ROP_OPTIONS_DATA).p[1], INPUT);
}

static void test_property_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2594 */
	assert_int_equal(request(ROP_GET_PROPERTY_IDS_FROM_NAMES).p[0], 0x56);
	/* MS-OXCROPS_R2611 */
	assert_int_equal(success(ROP_GET_PROPERTY_IDS_FROM_NAMES).p[0], 0x56);
	/* MS-OXCROPS_R2613 */
	assert_int_equal(success(ROP_GET_PROPERTY_IDS_FROM_NAMES).p[1], INPUT);
	/* MS-OXCROPS_R2626 */
	assert_int_equal(failure(ROP_GET_PROPERTY_IDS_FROM_NAMES).p[0], 0x56);
	/* MS-OXCROPS_R2628 */
	assert_int_equal(failure(ROP_GET_PROPERTY_IDS_FROM_NAMES).p[1], INPUT);
	/* MS-OXCROPS_R2637 */
	assert_int_equal(request(ROP_GET_NAMES_FROM_PROPERTY_IDS).p[0], 0x55);
	/* MS-OXCROPS_R2651 */
	assert_int_equal(success(ROP_GET_NAMES_FROM_PROPERTY_IDS).p[0], 0x55);
	/* MS-OXCROPS_R2666 */
	assert_int_equal(failure(ROP_GET_NAMES_FROM_PROPERTY_IDS).p[0], 0x55);
	/* MS-OXCROPS_R2668 */
	assert_int_equal(failure(ROP_GET_NAMES_FROM_PROPERTY_IDS).p[1], INPUT);
	/* MS-OXCROPS_R2677 */
	assert_int_equal(request(ROP_GET_PROPERTIES_SPECIFIC).p[0], 0x07);
	/* MS-OXCROPS_R2695 */
	assert_int_equal(success(ROP_GET_PROPERTIES_SPECIFIC).p[0], 0x07);
	/* MS-OXCROPS_R2697 */
	assert_int_equal(success(ROP_GET_PROPERTIES_SPECIFIC).p[1], INPUT);
	/* MS-OXCROPS_R2707 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_SPECIFIC).p[0], 0x07);
	/* MS-OXCROPS_R2709 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_SPECIFIC).p[1], INPUT);
	/* MS-OXCROPS_R2718 */
	assert_int_equal(request(ROP_GET_PROPERTIES_ALL).p[0], 0x08);
	/* MS-OXCROPS_R2730 */
	assert_int_equal(success(ROP_GET_PROPERTIES_ALL).p[0], 0x08);
	/* MS-OXCROPS_R2732 */
	assert_int_equal(success(ROP_GET_PROPERTIES_ALL).p[1], INPUT);
	/* MS-OXCROPS_R2745 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_ALL).p[0], 0x08);
	/* MS-OXCROPS_R2747 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_ALL).p[1], INPUT);
	/* MS-OXCROPS_R2756 */
	assert_int_equal(request(ROP_GET_PROPERTIES_LIST).p[0], 0x09);
	/* MS-OXCROPS_R2764 */
	assert_int_equal(success(ROP_GET_PROPERTIES_LIST).p[0], 0x09);
	/* MS-OXCROPS_R2766 */
	assert_int_equal(success(ROP_GET_PROPERTIES_LIST).p[1], INPUT);
	/* MS-OXCROPS_R2779 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_LIST).p[0], 0x09);
	/* MS-OXCROPS_R2781 */
	assert_int_equal(failure(ROP_GET_PROPERTIES_LIST).p[1], INPUT);
}

static void test_property_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2790 */
	assert_int_equal(request(ROP_SET_PROPERTIES).p[0], 0x0A);
	/* MS-OXCROPS_R2807 */
	assert_int_equal(success(ROP_SET_PROPERTIES).p[0], 0x0A);
	/* MS-OXCROPS_R2809 */
	assert_int_equal(success(ROP_SET_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R2821 */
	assert_int_equal(failure(ROP_SET_PROPERTIES).p[0], 0x0A);
	/* MS-OXCROPS_R2823 */
	assert_int_equal(failure(ROP_SET_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R2832 */
	assert_int_equal(request(ROP_SET_PROPERTIES_NO_REPLICATE).p[0], 0x79);
	/* MS-OXCROPS_R2849 */
	assert_int_equal(success(ROP_SET_PROPERTIES_NO_REPLICATE).p[0], 0x79);
	/* MS-OXCROPS_R2851 */
	assert_int_equal(success(ROP_SET_PROPERTIES_NO_REPLICATE).p[1], INPUT);
	/* MS-OXCROPS_R2863 */
	assert_int_equal(failure(ROP_SET_PROPERTIES_NO_REPLICATE).p[0], 0x79);
	/* MS-OXCROPS_R2865 */
	assert_int_equal(failure(ROP_SET_PROPERTIES_NO_REPLICATE).p[1], INPUT);
	/* MS-OXCROPS_R2874 */
	assert_int_equal(request(ROP_DELETE_PROPERTIES).p[0], 0x0B);
	/* MS-OXCROPS_R2888 */
	assert_int_equal(success(ROP_DELETE_PROPERTIES).p[0], 0x0B);
	/* MS-OXCROPS_R2890 */
	assert_int_equal(success(ROP_DELETE_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R2902 */
	assert_int_equal(failure(ROP_DELETE_PROPERTIES).p[0], 0x0B);
	/* MS-OXCROPS_R2904 */
	assert_int_equal(failure(ROP_DELETE_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R2913 */
	assert_int_equal(request(ROP_DELETE_PROPERTIES_NO_REPLICATE).p[0], 0x7A);
	/* MS-OXCROPS_R2932 */
	assert_int_equal(success(ROP_DELETE_PROPERTIES_NO_REPLICATE).p[0], 0x7A);
	/* MS-OXCROPS_R2934 */
	assert_int_equal(success(ROP_DELETE_PROPERTIES_NO_REPLICATE).p[1], INPUT);
	/* MS-OXCROPS_R2946 */
	assert_int_equal(failure(ROP_DELETE_PROPERTIES_NO_REPLICATE).p[0], 0x7A);
	/* MS-OXCROPS_R2948 */
	assert_int_equal(failure(ROP_DELETE_PROPERTIES_NO_REPLICATE).p[1], INPUT);
	/* MS-OXCROPS_R2957 */
	assert_int_equal(request(ROP_QUERY_NAMED_PROPERTIES).p[0], 0x5F);
	/* MS-OXCROPS_R2974 */
	assert_int_equal(success(ROP_QUERY_NAMED_PROPERTIES).p[0], 0x5F);
	/* MS-OXCROPS_R2976 */
	assert_int_equal(success(ROP_QUERY_NAMED_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R2993 */
	assert_int_equal(failure(ROP_QUERY_NAMED_PROPERTIES).p[0], 0x5F);
}

static void test_property_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2995 */
	assert_int_equal(failure(ROP_QUERY_NAMED_PROPERTIES).p[1], INPUT);
	/* MS-OXCROPS_R3004 */
	assert_int_equal(request(ROP_COPY_PROPERTIES).p[0], 0x67);
	/* MS-OXCROPS_R3026 */
	assert_int_equal(success(ROP_COPY_PROPERTIES).p[0], 0x67);
	/* MS-OXCROPS_R3028 */
	assert_int_equal(success(ROP_COPY_PROPERTIES).p[1], SOURCE);
	/* MS-OXCROPS_R3040 */
	assert_int_equal(no_destination(ROP_COPY_PROPERTIES).p[0], 0x67);
	/* MS-OXCROPS_R3042 */
	assert_int_equal(no_destination(ROP_COPY_PROPERTIES).p[1], SOURCE);
	/* MS-OXCROPS_R3052 */
	assert_int_equal(failure(ROP_COPY_PROPERTIES).p[0], 0x67);
	/* MS-OXCROPS_R3054 */
	assert_int_equal(failure(ROP_COPY_PROPERTIES).p[1], SOURCE);
	/* MS-OXCROPS_R3063 */
	assert_int_equal(request(ROP_COPY_TO).p[0], 0x39);
	/* MS-OXCROPS_R3087 */
	assert_int_equal(success(ROP_COPY_TO).p[0], 0x39);
	/* MS-OXCROPS_R3089 */
	assert_int_equal(success(ROP_COPY_TO).p[1], SOURCE);
	/* MS-OXCROPS_R3101 */
	assert_int_equal(no_destination(ROP_COPY_TO).p[0], 0x39);
	/* MS-OXCROPS_R3103 */
	assert_int_equal(no_destination(ROP_COPY_TO).p[1], SOURCE);
	/* MS-OXCROPS_R3113 */
	assert_int_equal(failure(ROP_COPY_TO).p[0], 0x39);
	/* MS-OXCROPS_R3115 */
	assert_int_equal(failure(ROP_COPY_TO).p[1], SOURCE);
	/* MS-OXCROPS_R3124 */
	assert_int_equal(request(ROP_PROGRESS).p[0], 0x50);
	/* MS-OXCROPS_R3134 */
	assert_int_equal(success(ROP_PROGRESS).p[0], 0x50);
	/* MS-OXCROPS_R3136 */
	assert_int_equal(success(ROP_PROGRESS).p[1], INPUT);
	/* MS-OXCROPS_R3149 */
	assert_int_equal(failure(ROP_PROGRESS).p[0], 0x50);
	/* MS-OXCROPS_R3151 */
	assert_int_equal(failure(ROP_PROGRESS).p[1], INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_message_1, forget),
		cmocka_unit_test_setup(test_message_2, forget),
		cmocka_unit_test_setup(test_message_3, forget),
		cmocka_unit_test_setup(test_transport_1, forget),
		cmocka_unit_test_setup(test_transport_2, forget),
		cmocka_unit_test_setup(test_property_1, forget),
		cmocka_unit_test_setup(test_property_2, forget),
		cmocka_unit_test_setup(test_property_3, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
