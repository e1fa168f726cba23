/** Pages of the staff console (工作人员端) live below this folder. */
import MissingPage from '../features/home/MissingPage.vue'

export const StaffPages = MissingPage
